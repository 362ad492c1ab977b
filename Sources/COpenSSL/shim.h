// What Swift sees of OpenSSL. Swift's importer cannot read function-like macros, so each that we need
// has a static inline function here, under the prefix uwsgimaxfd_.
#ifndef UWSGIMAXFD_COPENSSL_SHIM_H
#define UWSGIMAXFD_COPENSSL_SHIM_H

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#endif
