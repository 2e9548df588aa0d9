/* VAT ids of the members of the EU: shape and check digits only. Whether one was
 * given to a company is for its state to say; tax.h keeps what it said. */
#ifndef TB_ACCOUNT_VATID_H
#define TB_ACCOUNT_VATID_H

#include <stdbool.h>

/* Is the country (ISO 3166: GR, not EL) a member? */
bool vat_member(const char *country);
/* Blanks, dots and dashes do not count, small letters are as large ones. With its
 * prefix (EL for Greece); without one it is nobody's. */
bool vat_id_ok(const char *country, const char *text);

#endif
