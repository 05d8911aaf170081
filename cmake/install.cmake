# What `cmake --install` puts where. Every file finds its neighbours by relative paths, so that the prefix can be chosen at
# installation and moved afterwards.
include(CMakePackageConfigHelpers)

set(libraries loci_shared loci_static loci-train_shared loci-train_static)
set_target_properties(loci_shared PROPERTIES EXPORT_NAME loci)
set_target_properties(loci-train_shared PROPERTIES EXPORT_NAME loci-train)
set_target_properties(loci_static PROPERTIES EXPORT_NAME loci-static)
set_target_properties(loci-train_static PROPERTIES EXPORT_NAME loci-train-static)

install(TARGETS ${programs})
install(TARGETS ${libraries} EXPORT lociTargets)
install(FILES include/loci.h include/loci-train.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY include/loci DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
foreach(section 1 3)
  file(GLOB pages CONFIGURE_DEPENDS docs/man/*.${section})
  if(NOT LOCI_MPI)
    list(FILTER pages EXCLUDE REGEX "/loci-mpi\\.1$")
  endif()
  install(FILES ${pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endforeach()

# find_package(loci): targets loci::loci and loci::loci-train, and loci::loci-static and loci::loci-train-static.
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/loci)
install(EXPORT lociTargets NAMESPACE loci:: DESTINATION ${package})
write_basic_package_version_file(lociConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES cmake/lociConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/lociConfigVersion.cmake DESTINATION ${package})

# pkg-config: loci and loci-train.
file(RELATIVE_PATH pc_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" pc_prefix ${pc_prefix})
string(JOIN " " pc_train_private ${LAPACK_LINKER_FLAGS} ${LAPACK_LIBRARIES})
string(REGEX REPLACE "[^ ]*/lib([^ /]*)\\.(so|a)" "-l\\1" pc_train_private "${pc_train_private}") # names, not paths
foreach(name loci loci-train)
  configure_file(cmake/${name}.pc.in ${name}.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()
