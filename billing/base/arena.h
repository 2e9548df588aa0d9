/* Request arena: zeroed memory with one lifetime, capped, wiped on reset.
 * Allocation cannot return NULL: more than the cap is a bug or an attack and
 * ends the process (the supervisor restarts it). Under AddressSanitizer each
 * allocation is a malloc of its own, so overruns of one byte are reported. */
#ifndef TB_BASE_ARENA_H
#define TB_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct arena *arena_new(size_t cap_bytes);
/* Wipe and forget everything allocated; keeps the first block for reuse. */
void arena_reset(struct arena *a);
void arena_free(struct arena **a);
size_t arena_used(const struct arena *a);

void *arena_alloc(struct arena *a, size_t bytes) __attribute__((returns_nonnull));
/* n elements of size bytes; overflow ends the process. */
void *arena_array(struct arena *a, size_t n, size_t size) __attribute__((returns_nonnull));
#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, n, type) ((type *)arena_array((a), (n), sizeof(type)))

char *arena_dup(struct arena *a, const char *s);
char *arena_dupn(struct arena *a, const void *bytes, size_t len);
char *arena_fmt(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vfmt(struct arena *a, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

/* Growing string on an arena with a largest size it may ever have. */
struct str {
	struct arena *mem;
	char *s;		/* always NUL-terminated */
	size_t len, cap, max;
};
void str_init(struct str *b, struct arena *mem, size_t max_bytes);
void str_add(struct str *b, const char *s);
void str_addn(struct str *b, const void *bytes, size_t len);
void str_addf(struct str *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
