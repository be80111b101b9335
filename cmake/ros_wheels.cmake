# The ROS 2 wheels of PyPI export targets with the include directories of the interpreter they were
# built with (/opt/python/cp3XX-cp3XX/...). Give those targets the headers of the interpreter in use.
# Call it after find_package and before rosidl_generate_interfaces.
function(ros_wheels_fix_targets)
  find_package(Python3 REQUIRED COMPONENTS Interpreter Development NumPy)
  get_directory_property(targets IMPORTED_TARGETS)
  foreach(target IN LISTS targets)
    get_target_property(directories ${target} INTERFACE_INCLUDE_DIRECTORIES)
    if(directories MATCHES "(^|;)/opt/python/")
      list(FILTER directories EXCLUDE REGEX "^/opt/python/")
      list(APPEND directories ${Python3_INCLUDE_DIRS} ${Python3_NumPy_INCLUDE_DIRS})
      set_target_properties(${target} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${directories}")
    endif()
  endforeach()
endfunction()
