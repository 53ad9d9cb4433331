/* SPDX-License-Identifier: MIT */
/* structure-envelope.c: ENVELOPE: RFC 3501 §7.4.2, grammar in §9.
 *
 *     envelope = "(" date SP subject SP from SP sender SP reply-to SP to SP cc SP bcc SP in-reply-to SP
 *                message-id ")" */
#include "letter/structure-internal.h"

enum
{
  DATE,
  SUBJECT,
  FROM,
  SENDER,
  REPLY_TO,
  TO,
  CC,
  BCC,
  IN_REPLY_TO,
  MESSAGE_ID,
  N_FIELDS
};

static const struct
{
  const char *name;
  gsize length;
} fields[N_FIELDS] = {
  { "Date", 4 }, { "Subject", 7 }, { "From", 4 }, { "Sender", 6 },       { "Reply-To", 8 },
  { "To", 2 },   { "Cc", 2 },      { "Bcc", 3 },  { "In-Reply-To", 11 }, { "Message-ID", 10 },
};

/* The first field of each name counts. */
static void
find_fields (const char *bytes, GpoSpan header, GpoSpan values[N_FIELDS])
{
  gsize at = header.start;
  GpoHeaderField field;
  while (gpo_header_next (bytes, GPO_SPAN_END (header), &at, &field))
    for (guint i = 0; i < N_FIELDS; i++)
      if (field.name.length == fields[i].length && !values[i].start
          && g_ascii_strncasecmp (bytes + field.name.start, fields[i].name, fields[i].length) == 0)
        values[i] = gpo_span_trim (bytes, field.value);
}

void
gpo_imap_envelope_append (GString *out, const char *bytes, GpoSpan header)
{
  GpoSpan values[N_FIELDS] = { { 0, 0 } };
  g_autoptr (GString) scratch = g_string_new (NULL);
  find_fields (bytes, header, values);
  g_string_append_c (out, '(');
  for (guint i = 0; i < N_FIELDS; i++)
    {
      if (i)
        g_string_append_c (out, ' ');
      if (i < FROM || i > BCC)
        {
          gpo_imap_value_append (out, bytes, &values[i], scratch);
          continue;
        }
      /* Where Sender or Reply-To is missing or empty it is From's (RFC 3501 §7.4.2). */
      GpoSpan value = values[i];
      if ((i == SENDER || i == REPLY_TO) && !value.length)
        value = values[FROM];
      const char *text;
      value = gpo_imap_unfold (bytes, value, scratch, &text);
      gpo_imap_addresses_append (out, text, value.length);
    }
  g_string_append_c (out, ')');
}
