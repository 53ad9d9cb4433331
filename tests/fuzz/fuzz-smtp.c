/* SPDX-License-Identifier: MIT */
/* fuzz-smtp.c: any bytes into an SMTP session. What must hold: no crash; the session's bytes in the
 * trace are the bytes it was given; a letter is only taken with a 250; and CRLF.CRLF in DATA is the
 * only end, so there are never more letters than "250 2.0.0 taken". */
#include "fuzz-target.h"
#include "../support/paper-office.h"

static guint
count (const char *text, const char *word)
{
  guint n = 0;
  for (const char *p = text; (p = strstr (p, word)); p++)
    n++;
  return n;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size < 1)
    return 0;
  PaperOffice *office = paper_office_new ();
  office->host->limits.letter = 20000;
  /* The first byte chooses the role, line-end policy and how the bytes are cut. */
  office->host->bare_lf = data[0] & 1 ? GPO_BARE_LF_ACCEPT : GPO_BARE_LF_REFUSE;
  paper_office_smtp (office, data[0] & 2 ? GPO_ROLE_SUBMISSION : GPO_ROLE_SMTP);
  paper_office_say (office, (const char *) data + 1, size - 1, data[0] >> 4);
  g_assert_cmpuint (office->letters->len, ==, count (office->replies->str, "250 2.0.0 taken"));
  paper_office_free (office);
  return 0;
}
