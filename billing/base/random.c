/* OpenSSL for randomness and digests, libcrypt for passwords. */
#include "base/random.h"

#include <crypt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

/* A yescrypt hash at our cost that no password has: checked against when there
 * is no user, so that both answers take the same time. */
#define NOBODY_HASH "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7"

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "level=error event=crypto what=\"%s\"\n", what);
	abort();
}

void secret_wipe(struct secret *s)
{
	if (s->bytes) {
		OPENSSL_cleanse(s->bytes, s->len);
		free(s->bytes);
	}
	*s = (struct secret){ 0 };
}

void random_bytes(void *buf, size_t len)
{
	if (len > INT32_MAX || RAND_bytes(buf, (int)len) != 1)
		die("no randomness");
}

char *random_token(struct arena *mem, size_t bytes)
{
	static const char set[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned char *raw = arena_alloc(mem, bytes);
	size_t len = (bytes * 8 + 5) / 6, bits = 0;
	char *text = arena_alloc(mem, len + 1), *t = text;
	uint32_t acc = 0;

	random_bytes(raw, bytes);
	for (size_t i = 0; i < bytes; i++) {
		acc = (acc << 8 | raw[i]) & 0xffff;
		for (bits += 8; bits >= 6; bits -= 6)
			*t++ = set[acc >> (bits - 6) & 63];
	}
	if (bits)
		*t++ = set[acc << (6 - bits) & 63];
	OPENSSL_cleanse(raw, bytes);
	return text;
}

uint64_t random_below(uint64_t n)
{
	/* Values below 2^64 mod n would favour the small ones. */
	uint64_t v, skip = (UINT64_MAX - n + 1) % n;

	do {
		random_bytes(&v, sizeof(v));
	} while (v < skip);
	return v % n;
}

void sha256(const void *data, size_t len, uint8_t out[32])
{
	if (EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL) != 1)
		die("no sha256");
}

char *sha256_hex(struct arena *mem, const void *data, size_t len)
{
	uint8_t out[32];

	sha256(data, len, out);
	return hex_encode(mem, out, sizeof(out));
}

void hmac_sha256(const void *key, size_t keylen, const void *data, size_t len, uint8_t out[32])
{
	if (keylen > INT32_MAX || !HMAC(EVP_sha256(), key, (int)keylen, data, len, out, NULL))
		die("no hmac");
}

char *hex_encode(struct arena *mem, const void *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *d = data;
	char *text = arena_array(mem, len + 1, 2);

	for (size_t i = 0; i < len; i++) {
		text[i * 2] = digits[d[i] >> 4];
		text[i * 2 + 1] = digits[d[i] & 15];
	}
	return text;
}

static int hex_digit(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	if (ch >= 'a' && ch <= 'f')
		return ch - 'a' + 10;
	if (ch >= 'A' && ch <= 'F')
		return ch - 'A' + 10;
	return -1;
}

bool hex_decode(const char *hex, void *out, size_t len)
{
	uint8_t *o = out;

	if (strlen(hex) != len * 2)
		return false;
	for (size_t i = 0; i < len; i++) {
		int hi = hex_digit(hex[i * 2]), lo = hex_digit(hex[i * 2 + 1]);

		if (hi < 0 || lo < 0)
			return false;
		o[i] = (uint8_t)(hi << 4 | lo);
	}
	return true;
}

bool equal_const_time(const void *a, const void *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}

enum errk password_hash(struct ctx *c, const char *password, const char **hash_r)
{
	char salt_bytes[16];
	void *work = NULL;
	int work_size = 0;
	char *salt, *hash;

	random_bytes(salt_bytes, sizeof(salt_bytes));
	salt = crypt_gensalt_ra("$y$", 0, salt_bytes, sizeof(salt_bytes));
	if (!salt)
		die("no yescrypt");
	hash = crypt_ra(password, salt, &work, &work_size);
	free(salt);
	if (hash)
		*hash_r = arena_dup(c->mem, hash);
	if (work) {
		OPENSSL_cleanse(work, (size_t)work_size);
		free(work);
	}
	if (!hash)	/* longer than libcrypt takes */
		return fail(c, ERR_INVALID, "password.hash", "crypt refused the password");
	return ERR_OK;
}

/* Whether the password has this hash; false also when the hash is malformed. */
static bool matches(const char *password, const char *hash)
{
	void *work = NULL;
	int work_size = 0;
	char *again = crypt_ra(password, hash, &work, &work_size);
	bool same = again && strlen(again) == strlen(hash) &&
		equal_const_time(again, hash, strlen(hash));

	if (work) {
		OPENSSL_cleanse(work, (size_t)work_size);
		free(work);
	}
	return same;
}

bool password_matches(struct ctx *c, const char *password, const char *hash)
{
	bool usable = hash && strncmp(hash, "$y$", 3) == 0;
	bool same = matches(password, usable ? hash : NOBODY_HASH);

	(void)c;
	return usable && same;
}
