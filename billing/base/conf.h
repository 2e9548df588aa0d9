/* Boot configuration: conf/tollbridge.conf, INI by inih. Facts a program needs
 * before it can reach the database; everything else is a setting. Unknown
 * sections or keys are refused with file and line. */
#ifndef TB_BASE_CONF_H
#define TB_BASE_CONF_H

#include "base/ctx.h"
#include "base/random.h"

struct conf {
#define CONF(section, key, type, field, deflt, help) CONF_TYPE_##type field;
#define CONF_TYPE_STR const char *
#define CONF_TYPE_INT int64_t
#define CONF_TYPE_BOOL bool
#define CONF_TYPE_SECRET struct secret
#include "base/conf.def"
#undef CONF
};

/* Reads the file into conf_r (memory owned by conf_r). NULL path: the compiled-in
 * default TB_CONF_PATH. A SECRET value may be "file:/path" (first line of it).
 * overlay: sections for another program are checked but not needed. */
enum errk conf_load(struct ctx *c, const char *path, struct conf *conf_r) WARN_UNUSED;
void conf_free(struct conf *conf);
/* Prints every key with section, default and help (tollbridge conf --reference). */
void conf_reference(struct str *out);

#endif
