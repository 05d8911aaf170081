# What the module for Python has of libloci-train where it is built for itself: all but the systems in files, which NumPy reads, and those
# that LAPACK is needed for (bindings/python/src/eigen.c does without). What the readers ask of zlib and libsndfile is in standin/.
set(train_sources)
foreach(pattern data/*.c train/*.c init/hippo.c init/system_make.c init/system_parse.c)
  file(GLOB found CONFIGURE_DEPENDS src/${pattern})
  list(APPEND train_sources ${found})
endforeach()
list(FILTER train_sources EXCLUDE REGEX "/data/npz\\.c$")
