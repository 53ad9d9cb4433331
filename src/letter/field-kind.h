/* SPDX-License-Identifier: MIT */
/* field-kind.h: what sort of header field a name is.
 *
 * Pure; any thread. Source: RFC 5322 §3.6, RFC 5322 §3.6.7 (trace), RFC 2045 §3 (MIME); names that begin with
 * "X-" are their writer's own. */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  GPO_HEADER_TRACE,    /* put on top by hosts on the way: Received, Return-Path */
  GPO_HEADER_STANDARD, /* of every letter: From, To, Subject, Date … */
  GPO_HEADER_MIME,     /* what the body is: Content-Type … */
  GPO_HEADER_LIST,     /* of mailing lists and automatic letters */
  GPO_HEADER_OWN,      /* X-…: whatever its writer wanted */
  GPO_HEADER_OTHER     /* no name we know */
} GpoHeaderKind;

/* ASCII case is ignored. */
GpoHeaderKind gpo_header_kind (const char *name);
/* "trace", "standard", "MIME", "list", "X-", "other"; static. */
const char *gpo_header_kind_name (GpoHeaderKind kind);

G_END_DECLS
