# What the module for Python has of libloci-train where it is built for itself: what takes arrays. Files of signals and of data sets are
# Python's to read, systems are made without LAPACK (bindings/python/src/eigen.c).
set(train_sources)
foreach(pattern train/*.c init/hippo.c init/system_make.c init/system_parse.c data/dataset.c data/dataset_divide.c
    data/dataset_from.c data/dataset_moments.c data/file.c data/input_name.c data/number.c data/quote.c)
  file(GLOB found CONFIGURE_DEPENDS src/${pattern})
  list(APPEND train_sources ${found})
endforeach()
