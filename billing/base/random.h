/* Randomness, digests, secrets: thin over OpenSSL and libcrypt. */
#ifndef TB_BASE_RANDOM_H
#define TB_BASE_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

/* A value that must not be printed; wiped by secret_wipe. */
struct secret { char *bytes; size_t len; };
void secret_wipe(struct secret *s);

void random_bytes(void *buf, size_t len);	/* ends the process when the kernel refuses */
char *random_token(struct arena *mem, size_t bytes);	/* base64url, no padding */
uint64_t random_below(uint64_t n);		/* uniform, n > 0 */

void sha256(const void *data, size_t len, uint8_t out[32]);
char *sha256_hex(struct arena *mem, const void *data, size_t len);
void hmac_sha256(const void *key, size_t keylen, const void *data, size_t len, uint8_t out[32]);
char *hex_encode(struct arena *mem, const void *data, size_t len);
/* false when the text is not exactly len bytes of hex */
bool hex_decode(const char *hex, void *out, size_t len);
bool equal_const_time(const void *a, const void *b, size_t len);

/* yescrypt by libcrypt. The text form carries salt and cost. */
enum errk password_hash(struct ctx *c, const char *password, const char **hash_r) WARN_UNUSED;
/* Takes the same time for a wrong password and for hash == NULL (unknown user). */
bool password_matches(struct ctx *c, const char *password, const char *hash);

#endif
