/* Blocks in a list, newest first; the oldest one survives a reset. Under
 * AddressSanitizer each allocation is a block of its own. */
#include "base/arena.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ONE_BLOCK_EACH true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ONE_BLOCK_EACH true
#endif
#endif
#ifndef ONE_BLOCK_EACH
#define ONE_BLOCK_EACH false
#endif

#define ALIGN ((size_t)16)
#define BLOCK_BYTES ((size_t)16 * 1024)

struct block {
	struct block *next;
	size_t used, size;
	unsigned char *bytes;	/* apart from the block, so that ASan guards both ends */
};

struct arena {
	struct block *blocks;
	size_t cap, used;
};

/* More than the cap is our bug or an attack; the supervisor starts a new one. */
static _Noreturn void die(const char *what, size_t wanted, size_t cap)
{
	fprintf(stderr, "level=error event=memory what=\"%s\" wanted=%zu cap=%zu\n",
		what, wanted, cap);
	abort();
}

static struct block *block_add(struct arena *a, size_t size)
{
	struct block *b = calloc(1, sizeof(*b));

	if (b)
		b->bytes = calloc(1, size);
	if (!b || !b->bytes)
		die("out of memory", size, a->cap);
	b->size = size;
	b->next = a->blocks;
	a->blocks = b;
	return b;
}

static void block_free(struct block *b)
{
	explicit_bzero(b->bytes, b->used);
	free(b->bytes);
	free(b);
}

struct arena *arena_new(size_t cap_bytes)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (!a)
		die("out of memory", sizeof(*a), cap_bytes);
	a->cap = cap_bytes;
	return a;
}

void arena_reset(struct arena *a)
{
	struct block *b;

	while ((b = a->blocks) && (b->next || ONE_BLOCK_EACH || b->size > BLOCK_BYTES)) {
		a->blocks = b->next;
		block_free(b);
	}
	if (b) {
		explicit_bzero(b->bytes, b->used);
		b->used = 0;
	}
	a->used = 0;
}

void arena_free(struct arena **a)
{
	if (!*a)
		return;
	arena_reset(*a);
	if ((*a)->blocks)
		block_free((*a)->blocks);
	free(*a);
	*a = NULL;
}

size_t arena_used(const struct arena *a)
{
	return a->used;
}

void *arena_alloc(struct arena *a, size_t bytes)
{
	struct block *b = a->blocks;
	size_t need;
	void *p;

	if (bytes > a->cap - a->used)
		die("arena is full", bytes, a->cap);
	need = bytes ? bytes : 1;
	if (!ONE_BLOCK_EACH)
		need = (need + ALIGN - 1) & ~(ALIGN - 1);
	if (ONE_BLOCK_EACH)
		b = block_add(a, need);
	else if (!b || b->size - b->used < need)
		b = block_add(a, need > BLOCK_BYTES ? need : BLOCK_BYTES);
	p = b->bytes + b->used;
	b->used += need;
	a->used = need > a->cap - a->used ? a->cap : a->used + need;
	return p;
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		die("array is too large", SIZE_MAX, a->cap);
	return arena_alloc(a, bytes);
}

char *arena_dup(struct arena *a, const char *s)
{
	return arena_dupn(a, s, strlen(s));
}

char *arena_dupn(struct arena *a, const void *bytes, size_t len)
{
	char *p;

	if (len == SIZE_MAX)
		die("string is too large", len, a->cap);
	p = arena_alloc(a, len + 1);
	if (len)
		memcpy(p, bytes, len);
	p[len] = '\0';
	return p;
}

char *arena_vfmt(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	char *p;
	int len;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	assert(len >= 0);
	p = arena_alloc(a, (size_t)len + 1);
	vsnprintf(p, (size_t)len + 1, fmt, ap);
	return p;
}

char *arena_fmt(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;

	va_start(ap, fmt);
	p = arena_vfmt(a, fmt, ap);
	va_end(ap);
	return p;
}

void str_init(struct str *b, struct arena *mem, size_t max_bytes)
{
	*b = (struct str){ .mem = mem, .max = max_bytes };
	b->s = arena_dupn(mem, "", 0);
}

/* Room for len more and the NUL; what was there is copied. */
static void str_grow(struct str *b, size_t len)
{
	size_t want;
	char *s;

	if (len > b->max - b->len)
		die("string is too large", len, b->max);
	want = b->len + len;
	if (want <= b->cap)
		return;
	b->cap = want < 64 ? 64 : want < b->max / 2 ? want * 2 : b->max;
	if (b->cap > b->max)
		b->cap = b->max;
	s = arena_alloc(b->mem, b->cap + 1);
	memcpy(s, b->s, b->len);
	b->s = s;
}

void str_addn(struct str *b, const void *bytes, size_t len)
{
	if (!len)
		return;
	str_grow(b, len);
	memcpy(b->s + b->len, bytes, len);
	b->len += len;
	b->s[b->len] = '\0';
}

void str_add(struct str *b, const char *s)
{
	str_addn(b, s, strlen(s));
}

void str_addf(struct str *b, const char *fmt, ...)
{
	va_list ap, again;
	int len;

	va_start(ap, fmt);
	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	assert(len >= 0);
	str_grow(b, (size_t)len);
	if (len)
		vsnprintf(b->s + b->len, (size_t)len + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)len;
}
