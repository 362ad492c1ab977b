// What Swift sees of libyaml.
#ifndef UWSGIMAXFD_CYAML_SHIM_H
#define UWSGIMAXFD_CYAML_SHIM_H

#include <yaml.h>

#endif
