/* Reads FAILPOINT from the environment: "name:action[@n][,name:action[@n]...]". */
#include "base/failpoint.h"

#ifdef TB_FAILPOINTS

#include <assert.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *const names[] = {
#define FAILPOINT_ROW(name, what) name,
#include "base/failpoints.def"
#undef FAILPOINT_ROW
};
#define NAMES (sizeof(names) / sizeof(names[0]))

static uint64_t passages[NAMES];	/* trials only: process-wide on purpose */

static size_t name_index(const char *name)
{
	size_t i = 0;

	while (i < NAMES && strcmp(names[i], name) != 0)
		i++;
	assert(i < NAMES);	/* failpoints.def lacks a row */
	return i;
}

static uint64_t number(const char *s, const char *end)
{
	uint64_t v = 0;

	for (; s < end && *s >= '0' && *s <= '9'; s++)
		v = v * 10 + (uint64_t)(*s - '0');
	return v;
}

static _Bool starts(const char *s, const char *end, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(end - s) >= n && memcmp(s, word, n) == 0;
}

/* action[@n]: without @n at every passage, with it at the n-th one. */
static _Bool act(const char *action, const char *end, uint64_t passage)
{
	const char *at = memchr(action, '@', (size_t)(end - action));

	if (at && number(at + 1, end) != passage)
		return 0;
	if (starts(action, end, "kill")) {
		kill(getpid(), SIGKILL);
	} else if (starts(action, end, "sleep=")) {
		uint64_t ms = number(action + 6, end);
		struct timespec t = { .tv_sec = (time_t)(ms / 1000),
			.tv_nsec = (long)(ms % 1000) * 1000000 };

		nanosleep(&t, NULL);
		return 0;
	}
	return starts(action, end, "error");
}

_Bool failpoint_hit(const char *name)
{
	const char *s = getenv("FAILPOINT"), *end;
	size_t i = name_index(name), len = strlen(name);
	_Bool hit = 0;

	passages[i]++;
	for (; s && *s; s = *end ? end + 1 : end) {
		end = s + strcspn(s, ",");
		if (starts(s, end, name) && s[len] == ':')
			hit |= act(s + len + 1, end, passages[i]);
	}
	return hit;
}

void failpoint_reset(void)
{
	memset(passages, 0, sizeof(passages));
}

#else

/* ISO C wants something in each file. */
typedef int failpoints_are_compiled_out;

#endif
