/* SPDX-License-Identifier: MIT */
/* address.h: the addresses of SMTP: RFC 5321 §4.1.2, in UTF-8 by RFC 6531 §3.3.
 *
 * A path is what stands between < and > in MAIL and RCPT. A mailbox is local-part@domain. The
 * command grammar of src/protocol finds where a path begins; the session calls this to read it.
 *
 * Results are spans of the text that was given: nothing is copied, so addresses stay exactly as the
 * peer wrote them. Pure; any thread. */
#pragma once
#include "letter/span.h"

G_BEGIN_DECLS

/* The limits of RFC 5321 §4.5.3.1, in bytes. The path's counts its < and >. */
#define GPO_LOCAL_PART_MAX 64
#define GPO_DOMAIN_MAX 255
#define GPO_PATH_MAX 256

/* The reverse-path may be null (<>); the forward-path may be <postmaster> without a domain. */
typedef enum
{
  GPO_PATH_REVERSE,
  GPO_PATH_FORWARD
} GpoPathKind;

typedef struct
{
  GpoSpan path;     /* the mailbox without <> and without a source route; what an envelope keeps */
  GpoSpan local;    /* local part as written, with its quotes; empty in <> */
  GpoSpan domain;   /* domain, or address literal with its brackets; empty in <> and <postmaster> */
  GpoSpan route;    /* the source route that was ignored, "@a,@b:"; empty if there is none */
  gboolean quoted;  /* the local part is a quoted string */
  gboolean literal; /* the domain is an address literal */
  gboolean utf8;    /* it holds bytes beyond ASCII: it may only go where SMTPUTF8 is offered */
} GpoPath;

/* Reads a path at the beginning of `text`, from < to >. `utf8`: the command said SMTPUTF8.
 * TRUE: `out` is filled and *consumed is the byte after >; what follows is the caller's.
 * FALSE: *expected says what should have come ("a domain", static) and *where at which byte.
 * `consumed`, `expected` and `where` may be NULL. */
gboolean gpo_path_parse (const char *text, gsize length, gboolean utf8, GpoPathKind kind, GpoPath *out,
                         gsize *consumed, const char **expected, gsize *where);

/* Reads a mailbox without angle brackets that is the whole of `text`. As above. */
gboolean gpo_mailbox_parse (const char *text, gsize length, gboolean utf8, GpoPath *out,
                            const char **expected, gsize *where);

/* Whether the whole of `text` is a Domain or an address literal (the argument of HELO and EHLO). */
gboolean gpo_domain_valid (const char *text, gsize length, gboolean utf8);

/* The domain of an envelope's path: a pointer into `path` behind its first @ outside quotes, or NULL
 * if it has none ("", "postmaster"). */
const char *gpo_path_domain (const char *path);

/* The local part of an envelope's path without quotes and backslashes. The caller frees. */
char *gpo_path_local (const char *path);

/* Whether two envelope paths name the same mailbox: domains compared without regard to ASCII case,
 * local parts byte by byte after taking off quotes (RFC 5321 §2.3.11, §4.1.2). "postmaster" is the
 * same in any case (RFC 5321 §4.5.1). */
gboolean gpo_path_equal (const char *a, const char *b);

/* Whether a path is the postmaster's, with or without a domain. */
gboolean gpo_path_is_postmaster (const char *path);

G_END_DECLS
