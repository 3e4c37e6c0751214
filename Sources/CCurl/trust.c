#include "CCurl.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

/// Verifies by what the folder holds, and when that fails once more with the bundle: the folder may lack the authority, or hold
/// another, older one of the same name.
static int verify(X509_STORE_CTX *context, void *bundle) {
    if (X509_verify_cert(context) == 1) return 1;
    if (X509_STORE_load_file(X509_STORE_CTX_get0_store(context), bundle) != 1) {
        ERR_clear_error();
        return 0;
    }
    X509_STORE_CTX_set0_verified_chain(context, NULL);
    X509_STORE_CTX_set_error(context, X509_V_OK);
    return X509_verify_cert(context) == 1;
}

/// libcurl also asks for the connection to a proxy that speaks TLS, which is judged in the same way.
static CURLcode on_context(CURL *easy, void *context, void *bundle) {
    (void)easy;
    SSL_CTX_set_cert_verify_callback(context, verify, bundle);
    return CURLE_OK;
}

CURLcode azimuth_easy_trust(CURL *easy, const char *folder, const char *bundle) {
    CURLcode code = (curl_easy_setopt)(easy, CURLOPT_SSL_CTX_FUNCTION, on_context);
    if (code == CURLE_OK) code = (curl_easy_setopt)(easy, CURLOPT_SSL_CTX_DATA, (void *)bundle);
    if (code == CURLE_OK) code = (curl_easy_setopt)(easy, CURLOPT_CAINFO, NULL);
    if (code == CURLE_OK) code = (curl_easy_setopt)(easy, CURLOPT_CAPATH, folder);
    return code;
}
