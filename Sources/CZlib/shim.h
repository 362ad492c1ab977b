// What Swift sees of zlib.
#ifndef UWSGIMAXFD_CZLIB_SHIM_H
#define UWSGIMAXFD_CZLIB_SHIM_H

#include <zlib.h>

#endif
