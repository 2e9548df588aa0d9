/* Any bytes: refused or read; what was read can be written and read again. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ctx c;
	struct json *j, *again;
	struct jout *o;
	const char *text, *name;
	size_t len;
	int64_t v;

	ctx_init(&c, (size_t)64 << 20);
	if (json_parse(&c, (const char *)data, size, &j) == ERR_OK) {
		for (size_t i = 0; i < json_len(j) && i < 100; i++) {
			(void)json_i64(json_member(j, i, &name), &v);
			(void)json_text(json_at(j, i));
		}
		o = jo_new(&c);
		jo_json(o, "copy", j);
		text = jo_text(o, &len);
		/* One level deeper than what came in, so it may be refused for that. */
		if (json_parse(&c, text, len, &again) == ERR_OK)
			json_close(&again);
		else if (json_parse(&c, text + 8, len - 9, &again) != ERR_OK)
			abort();
		else
			json_close(&again);
		jo_free(&o);
		json_close(&j);
	}
	ctx_close(&c);
	return 0;
}
