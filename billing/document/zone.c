/* Instants in an account's time zone. GLib comes with Pango and reads the zone
 * database without touching the process's own zone. */
#include "document/private.h"

#include <glib.h>
#include <string.h>

/* Zone names come from customers and become part of a path in the library. */
static bool zone_name_ok(const char *zone)
{
	return strspn(zone, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			    "0123456789_+-/") == strlen(zone) &&
	       zone[0] != '/' && zone[0] != '\0' && strlen(zone) <= 64;
}

bool zone_civil(const char *zone, int64_t utc, struct civil *out)
{
	GTimeZone *tz = zone_name_ok(zone) ? g_time_zone_new_identifier(zone) : NULL;
	GDateTime *at, *local = NULL;

	*out = civil_from_utc(utc);
	if (tz == NULL)
		return false;
	at = g_date_time_new_from_unix_utc(utc);
	if (at != NULL)
		local = g_date_time_to_timezone(at, tz);
	if (local != NULL)
		*out = (struct civil){
			.year = g_date_time_get_year(local), .month = g_date_time_get_month(local),
			.day = g_date_time_get_day_of_month(local),
			.hour = g_date_time_get_hour(local),
			.minute = g_date_time_get_minute(local),
			.second = g_date_time_get_second(local),
		};
	if (local != NULL)
		g_date_time_unref(local);
	if (at != NULL)
		g_date_time_unref(at);
	g_time_zone_unref(tz);
	return local != NULL;
}
