/* Addresses as JSON, for the IP manager and the instance page. */
#ifndef TB_FCGI_USER_ADDRESSES_H
#define TB_FCGI_USER_ADDRESSES_H

#include "fcgi/request.h"

/* Array `name` of the addresses of one instance. */
enum errk addresses_out(struct req *r, const char *name, uint64_t instance_id,
			const char *currency) WARN_UNUSED;
/* 201 with id and address of an address just acquired. */
enum errk address_made(struct req *r, uint64_t id) WARN_UNUSED;

#endif
