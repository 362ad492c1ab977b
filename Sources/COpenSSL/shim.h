// What Swift sees of OpenSSL. Swift's importer cannot read function-like macros, so each that we need
// has a static inline function here, under the prefix uwsgimaxfd_. Everything here exists in
// OpenSSL 3.0 and later.
#ifndef UWSGIMAXFD_COPENSSL_SHIM_H
#define UWSGIMAXFD_COPENSSL_SHIM_H

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// SSL_CTX: options and modes (the constants are made by a function-like macro).

static inline void uwsgimaxfd_ctx_set_safe_options(SSL_CTX *ctx) {
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

static inline int uwsgimaxfd_ctx_set_min_proto_version(SSL_CTX *ctx, int version) {
    return (int)SSL_CTX_set_min_proto_version(ctx, version);
}

static inline int uwsgimaxfd_ctx_set_max_proto_version(SSL_CTX *ctx, int version) {
    return (int)SSL_CTX_set_max_proto_version(ctx, version);
}

static inline int uwsgimaxfd_ctx_set_groups(SSL_CTX *ctx, const char *groups) {
    return (int)SSL_CTX_set1_groups_list(ctx, groups);
}

static inline void uwsgimaxfd_ctx_set_session_cache_mode(SSL_CTX *ctx, long mode) {
    SSL_CTX_set_session_cache_mode(ctx, mode);
}

static inline int uwsgimaxfd_ctx_add1_chain_cert(SSL_CTX *ctx, X509 *certificate) {
    return (int)SSL_CTX_add1_chain_cert(ctx, certificate);
}

static inline void uwsgimaxfd_ctx_disable_auto_chain(SSL_CTX *ctx) {
    SSL_CTX_set_mode(ctx, SSL_MODE_NO_AUTO_CHAIN);
}

static inline void *uwsgimaxfd_ctx_get_app_data(const SSL *ssl) {
    return SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), 0);
}

static inline int uwsgimaxfd_ctx_set_app_data(SSL_CTX *ctx, void *data) {
    return SSL_CTX_set_ex_data(ctx, 0, data);
}

// SSL

static inline void *uwsgimaxfd_ssl_get_app_data(const SSL *ssl) { return SSL_get_ex_data(ssl, 0); }

static inline int uwsgimaxfd_ssl_set_app_data(SSL *ssl, void *data) { return SSL_set_ex_data(ssl, 0, data); }

static inline int uwsgimaxfd_ssl_set_server_name(SSL *ssl, const char *name) {
    return (int)SSL_set_tlsext_host_name(ssl, name);
}

static inline SSL *uwsgimaxfd_store_ctx_get_ssl(X509_STORE_CTX *ctx) {
    return (SSL *)X509_STORE_CTX_get_ex_data(ctx, SSL_get_ex_data_X509_STORE_CTX_idx());
}

// BIO

static inline void uwsgimaxfd_bio_set_retry_read(BIO *bio) { BIO_set_retry_read(bio); }

static inline void uwsgimaxfd_bio_clear_retry_flags(BIO *bio) { BIO_clear_retry_flags(bio); }

static inline long uwsgimaxfd_bio_get_mem_data(BIO *bio, char **data) { return BIO_get_mem_data(bio, data); }

// Names

// RFC 2253 form, with characters outside ASCII left as UTF-8 and control characters escaped; 1 on success.
static inline int uwsgimaxfd_name_print(BIO *bio, const X509_NAME *name) {
    return X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0 ? 1 : 0;
}

typedef struct uwsgimaxfd_general_name {
    int type; // GEN_DNS, GEN_IPADD or anything else
    const unsigned char *bytes;
    int length;
} uwsgimaxfd_general_name;

static inline GENERAL_NAMES *uwsgimaxfd_x509_get_alt_names(const X509 *certificate) {
    return (GENERAL_NAMES *)X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
}

static inline int uwsgimaxfd_general_names_count(const GENERAL_NAMES *names) { return sk_GENERAL_NAME_num(names); }

// The bytes stay owned by `names`. Types other than DNS and IP come back without bytes.
static inline uwsgimaxfd_general_name uwsgimaxfd_general_names_get(const GENERAL_NAMES *names, int index) {
    uwsgimaxfd_general_name result = {-1, NULL, 0};
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
    if (name == NULL) return result;
    result.type = name->type;
    const ASN1_STRING *text = NULL;
    if (name->type == GEN_DNS) text = name->d.dNSName;
    if (name->type == GEN_IPADD) text = name->d.iPAddress;
    if (text == NULL) return result;
    result.bytes = ASN1_STRING_get0_data(text);
    result.length = ASN1_STRING_length(text);
    return result;
}

// Adds one name; 1 on success. DNS names are IA5 text, addresses are 4 or 16 octets (RFC 5280, 4.2.1.6).
static inline int uwsgimaxfd_general_names_add(
    GENERAL_NAMES *names, int type, const unsigned char *bytes, int length) {
    GENERAL_NAME *name = GENERAL_NAME_new();
    if (name == NULL) return 0;
    ASN1_STRING *text = ASN1_STRING_type_new(type == GEN_DNS ? V_ASN1_IA5STRING : V_ASN1_OCTET_STRING);
    if (text == NULL || ASN1_STRING_set(text, bytes, length) != 1) {
        ASN1_STRING_free(text);
        GENERAL_NAME_free(name);
        return 0;
    }
    GENERAL_NAME_set0_value(name, type, text);
    if (sk_GENERAL_NAME_push(names, name) <= 0) {
        GENERAL_NAME_free(name);
        return 0;
    }
    return 1;
}

static inline X509_EXTENSION *uwsgimaxfd_extension(
    X509 *issuer, X509 *subject, int nid, const char *value) {
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, subject, NULL, NULL, 0);
    return X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
}

// Keys

static inline EVP_PKEY *uwsgimaxfd_generate_p256(void) { return EVP_EC_gen("P-256"); }

static inline EVP_PKEY *uwsgimaxfd_generate_rsa(unsigned int bits) { return EVP_RSA_gen(bits); }

#endif
