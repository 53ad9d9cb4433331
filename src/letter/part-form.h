/* SPDX-License-Identifier: MIT */
/* part-form.h: in what form a part's bytes are, as declared and as they are.
 *
 * Content-Transfer-Encoding says how a body was made fit for the way (RFC 2045 §6); the bytes say what they
 * really are. Letters older than MIME carry files between "begin" and "end" (uuencode), which nothing
 * declares. This counts and decodes nothing (mime.h does). Pure; any thread. */
#pragma once
#include "letter/mime.h"

G_BEGIN_DECLS

typedef enum
{
  GPO_FORM_7BIT,   /* short lines of ASCII: RFC 2045 §2.7 */
  GPO_FORM_8BIT,   /* short lines, bytes above 127: RFC 2045 §2.8 */
  GPO_FORM_BINARY, /* anything: RFC 2045 §2.9 */
  GPO_FORM_QUOTED_PRINTABLE,
  GPO_FORM_BASE64,
  GPO_FORM_UUENCODE,
  GPO_FORM_UNKNOWN /* a word that no standard has */
} GpoForm;

typedef struct
{
  GpoForm declared;     /* 7bit if nothing is said */
  gboolean said;        /* there is a Content-Transfer-Encoding field */
  GpoForm found;        /* 7bit, 8bit or binary: what the bytes are on the way */
  gsize raw;            /* bytes */
  gsize lines, longest; /* longest line, without its ending */
  gsize eight_bit, nul, bare_cr, bare_lf;
  gsize escapes; /* quoted-printable: =XX */
  gsize soft;    /* quoted-printable: lines that go on (= at the end) */
  guint files;   /* uuencoded files in the text */
} GpoPartForm;

/* Looks at the bytes of one part. */
void gpo_part_form (const GpoAnatomy *anatomy, const GpoPart *part, GpoPartForm *out);
/* "7bit", "quoted-printable" …; static. */
const char *gpo_form_name (GpoForm form);

G_END_DECLS
