# find_package(loci) gives the shared libraries loci::loci and loci::loci-train, which need nothing else to be linked, and
# loci::loci-static and loci::loci-train-static; what these need is looked for and missed only if they are linked.
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
  pkg_check_modules(JANSSON QUIET IMPORTED_TARGET jansson)
  pkg_check_modules(SNDFILE QUIET IMPORTED_TARGET sndfile)
  pkg_check_modules(LIBZIP QUIET IMPORTED_TARGET libzip)
  pkg_check_modules(ZLIB QUIET IMPORTED_TARGET zlib)
endif()
find_package(LAPACK QUIET)
find_package(Threads QUIET)
include(${CMAKE_CURRENT_LIST_DIR}/lociTargets.cmake)
