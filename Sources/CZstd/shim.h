// What Swift sees of libzstd.
#ifndef UWSGIMAXFD_CZSTD_SHIM_H
#define UWSGIMAXFD_CZSTD_SHIM_H

#include <zstd.h>

#endif
