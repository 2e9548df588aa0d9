/* `tollbridge whmcs check`: probes, each with its cause and its remedy. */
#ifndef TB_BRIDGE_CHECK_H
#define TB_BRIDGE_CHECK_H

#include "whmcs/client.h"

/* Prints lines, or one JSON object; false when something essential fails. */
bool whmcs_check(struct whmcs *w, bool as_json);

#endif
