/* SPDX-License-Identifier: MIT */
/* envelope.c: an envelope and the text a queue keeps of it.
 *
 * The text is written before each 250 and read back by each delivery, thousands of times a second, so
 * both ways are one pass over plain lines. What is not set has no line: NULL stays NULL and "" stays "".
 *
 *   envelope  = *( field LF ) *( "recipient: " value LF *( field LF ) ) "end" LF
 *   field     = name ": " value
 *   value     = bytes without LF; one that holds a backslash is escaped with g_strescape()'s rules
 *
 * Who calls it: the sessions of the SMTP daemon, the spool, the queue. */
#include "letter/envelope.h"
#include "letter/anatomy.h"
#include <gio/gio.h>
#include <string.h>

static const char *const body_words[] = { "7BIT", "8BITMIME", "BINARYMIME" };
static const char *const ret_words[] = { "NONE", "FULL", "HDRS" };
static const char *const state_words[] = { "waiting", "delivered", "relayed", "failed", "expanded" };

GpoEnvelope *
gpo_envelope_new (void)
{
  GpoEnvelope *envelope = g_new0 (GpoEnvelope, 1);
  envelope->reverse_path = g_strdup ("");
  envelope->size = -1;
  envelope->recipients = g_ptr_array_new_with_free_func ((GDestroyNotify) gpo_recipient_free);
  return envelope;
}

static void
free_strings (GpoEnvelope *envelope)
{
  g_free (envelope->reverse_path);
  g_free (envelope->envid);
  g_free (envelope->auth);
  g_free (envelope->id);
  g_free (envelope->from_host);
}

void
gpo_envelope_free (GpoEnvelope *envelope)
{
  if (!envelope)
    return;
  free_strings (envelope);
  g_ptr_array_unref (envelope->recipients);
  g_free (envelope);
}

void
gpo_envelope_clear (GpoEnvelope *envelope)
{
  GPtrArray *recipients = envelope->recipients;
  free_strings (envelope);
  g_ptr_array_set_size (recipients, 0);
  *envelope = (GpoEnvelope){ .size = -1, .reverse_path = g_strdup (""), .recipients = recipients };
}

void
gpo_recipient_free (GpoRecipient *recipient)
{
  if (!recipient)
    return;
  g_free (recipient->path);
  g_free (recipient->orcpt);
  g_free (recipient->status);
  g_free (recipient->reply);
  g_free (recipient->remote);
  g_free (recipient);
}

static gpointer
recipient_copy (gconstpointer source, gpointer unused)
{
  GpoRecipient *copy = g_memdup2 (source, sizeof (GpoRecipient));
  copy->path = g_strdup (copy->path);
  copy->orcpt = g_strdup (copy->orcpt);
  copy->status = g_strdup (copy->status);
  copy->reply = g_strdup (copy->reply);
  copy->remote = g_strdup (copy->remote);
  return copy;
}

GpoEnvelope *
gpo_envelope_copy (const GpoEnvelope *envelope)
{
  GpoEnvelope *copy = g_memdup2 (envelope, sizeof *envelope);
  copy->reverse_path = g_strdup (copy->reverse_path);
  copy->envid = g_strdup (copy->envid);
  copy->auth = g_strdup (copy->auth);
  copy->id = g_strdup (copy->id);
  copy->from_host = g_strdup (copy->from_host);
  copy->recipients = g_ptr_array_new_with_free_func ((GDestroyNotify) gpo_recipient_free);
  for (guint i = 0; i < envelope->recipients->len; i++)
    g_ptr_array_add (copy->recipients, recipient_copy (envelope->recipients->pdata[i], NULL));
  return copy;
}

GpoRecipient *
gpo_envelope_add (GpoEnvelope *envelope, const char *path)
{
  GpoRecipient *recipient = g_new0 (GpoRecipient, 1);
  recipient->path = g_strdup (path);
  g_ptr_array_add (envelope->recipients, recipient);
  return recipient;
}

GpoRecipient *
gpo_envelope_recipient (const GpoEnvelope *envelope, guint i)
{
  g_return_val_if_fail (i < envelope->recipients->len, NULL);
  return envelope->recipients->pdata[i];
}

guint
gpo_envelope_count (const GpoEnvelope *envelope, GpoRecipientState state)
{
  guint count = 0;
  for (guint i = 0; i < envelope->recipients->len; i++)
    count += gpo_envelope_recipient (envelope, i)->state == state;
  return count;
}

static gboolean
has_high_byte (const char *text, gsize length)
{
  guchar high = 0;
  for (gsize i = 0; i < length; i++)
    high |= (guchar) text[i];
  return high >= 128;
}

void
gpo_envelope_note_needs (GpoEnvelope *envelope, const char *letter, gsize length)
{
  GpoSpan header = gpo_header_span (letter, length);
  if (has_high_byte (letter, length))
    envelope->body = GPO_BODY_8BITMIME;
  envelope->smtputf8 |= has_high_byte (letter + header.start, header.length);
}

/* --- writing --- */

/* Whether a value has to be escaped to stay on its line and to be read back as it was. */
static gboolean
is_plain (const char *value)
{
  for (const guchar *p = (const guchar *) value; *p; p++)
    if (*p < 0x20 || *p == '\\' || *p == 0x7f)
      return FALSE;
  return TRUE;
}

/* g_strescape() writes bytes beyond ASCII in octal unless told not to; here they are UTF-8 text. */
static const char *
unescaped_bytes (void)
{
  static char bytes[130];
  static gsize once = 0;
  if (g_once_init_enter (&once))
    {
      bytes[0] = '"';
      for (int i = 0; i < 128; i++)
        bytes[1 + i] = (char) (0x80 + i);
      g_once_init_leave (&once, 1);
    }
  return bytes;
}

static void
put (GString *out, const char *name, const char *value)
{
  if (!value)
    return;
  g_string_append (out, name);
  g_string_append_len (out, ": ", 2);
  if (is_plain (value))
    g_string_append (out, value);
  else
    {
      g_autofree char *escaped = g_strescape (value, unescaped_bytes ());
      g_string_append (out, escaped);
    }
  g_string_append_c (out, '\n');
}

static void
put_number (GString *out, const char *name, gint64 value)
{
  char digits[24];
  char *p = digits + sizeof digits - 1;
  guint64 rest = value < 0 ? 0 - (guint64) value : (guint64) value;
  *p = 0;
  do
    *--p = (char) ('0' + rest % 10);
  while (rest /= 10);
  if (value < 0)
    *--p = '-';
  put (out, name, p);
}

static void
put_recipient (GString *out, const GpoRecipient *recipient)
{
  put (out, "recipient", recipient->path);
  put (out, "orcpt", recipient->orcpt);
  if (recipient->notify)
    put_number (out, "notify", recipient->notify);
  if (recipient->state)
    put (out, "state", state_words[recipient->state]);
  if (recipient->warned)
    put (out, "warned", "yes");
  if (recipient->reported)
    put (out, "reported", "yes");
  if (recipient->attempts)
    put_number (out, "attempts", recipient->attempts);
  put (out, "status", recipient->status);
  put (out, "reply", recipient->reply);
  put (out, "remote", recipient->remote);
}

char *
gpo_envelope_to_text (const GpoEnvelope *envelope)
{
  GString *out = g_string_sized_new (256 + 64 * envelope->recipients->len);
  if (envelope->has_sender)
    put (out, "sender", envelope->reverse_path);
  if (envelope->body)
    put (out, "body", body_words[envelope->body]);
  if (envelope->smtputf8)
    put (out, "smtputf8", "yes");
  if (envelope->size >= 0)
    put_number (out, "size", envelope->size);
  if (envelope->ret)
    put (out, "ret", ret_words[envelope->ret]);
  put (out, "envid", envelope->envid);
  put (out, "auth", envelope->auth);
  if (envelope->letter)
    put_number (out, "letter", envelope->letter);
  put (out, "id", envelope->id);
  if (envelope->arrived)
    put_number (out, "arrived", envelope->arrived);
  put (out, "from-host", envelope->from_host);
  if (envelope->held)
    put (out, "held", "yes");
  for (guint i = 0; i < envelope->recipients->len; i++)
    put_recipient (out, envelope->recipients->pdata[i]);
  g_string_append (out, "end\n");
  return g_string_free (out, FALSE);
}

/* --- reading --- */

typedef struct
{
  const char *name, *value; /* spans of the text, not NUL-terminated */
  gsize name_length, value_length;
} Line;

static gboolean
named (const Line *line, const char *name)
{
  return strlen (name) == line->name_length && memcmp (line->name, name, line->name_length) == 0;
}

static char *
text_of (const Line *line)
{
  char *text = g_strndup (line->value, line->value_length);
  if (memchr (line->value, '\\', line->value_length))
    {
      char *plain = g_strcompress (text);
      g_free (text);
      return plain;
    }
  return text;
}

static gboolean
take_text (const Line *line, char **out)
{
  g_free (*out);
  *out = text_of (line);
  return TRUE;
}

static gboolean
take_number (const Line *line, gint64 min, gint64 max, gint64 *out)
{
  char digits[24];
  if (line->value_length == 0 || line->value_length >= sizeof digits)
    return FALSE;
  memcpy (digits, line->value, line->value_length);
  digits[line->value_length] = 0;
  return g_ascii_string_to_signed (digits, 10, min, max, out, NULL);
}

static gboolean
take_unsigned (const Line *line, guint32 max, guint32 *out)
{
  gint64 number;
  if (!take_number (line, 0, max, &number))
    return FALSE;
  *out = (guint32) number;
  return TRUE;
}

static gboolean
take_yes (const Line *line, gboolean *out)
{
  *out = line->value_length == 3 && memcmp (line->value, "yes", 3) == 0;
  return *out;
}

/* `out` is one of the header's enums: their values are the indices of their words. */
static gboolean
take_word (const Line *line, const char *const *words, guint n, guint *out)
{
  for (guint i = 0; i < n; i++)
    if (strlen (words[i]) == line->value_length && memcmp (words[i], line->value, line->value_length) == 0)
      {
        *out = i;
        return TRUE;
      }
  return FALSE;
}

/* FALSE: the value makes no sense. A name that is not known is passed over. */
static gboolean
take_envelope_line (GpoEnvelope *envelope, const Line *line)
{
  if (named (line, "sender"))
    {
      envelope->has_sender = TRUE;
      return take_text (line, &envelope->reverse_path);
    }
  if (named (line, "body"))
    return take_word (line, body_words, G_N_ELEMENTS (body_words), &envelope->body);
  if (named (line, "smtputf8"))
    return take_yes (line, &envelope->smtputf8);
  if (named (line, "size"))
    return take_number (line, 0, G_MAXINT64, &envelope->size);
  if (named (line, "ret"))
    return take_word (line, ret_words, G_N_ELEMENTS (ret_words), &envelope->ret);
  if (named (line, "envid"))
    return take_text (line, &envelope->envid);
  if (named (line, "auth"))
    return take_text (line, &envelope->auth);
  if (named (line, "letter"))
    return take_unsigned (line, G_MAXUINT32, &envelope->letter);
  if (named (line, "id"))
    return take_text (line, &envelope->id);
  if (named (line, "arrived"))
    return take_number (line, G_MININT64, G_MAXINT64, &envelope->arrived);
  if (named (line, "from-host"))
    return take_text (line, &envelope->from_host);
  if (named (line, "held"))
    return take_yes (line, &envelope->held);
  return TRUE;
}

static gboolean
take_recipient_line (GpoRecipient *recipient, const Line *line)
{
  if (named (line, "orcpt"))
    return take_text (line, &recipient->orcpt);
  if (named (line, "notify"))
    return take_unsigned (line, 15, &recipient->notify);
  if (named (line, "state"))
    return take_word (line, state_words, G_N_ELEMENTS (state_words), &recipient->state);
  if (named (line, "warned"))
    return take_yes (line, &recipient->warned);
  if (named (line, "reported"))
    return take_yes (line, &recipient->reported);
  if (named (line, "attempts"))
    return take_unsigned (line, G_MAXUINT32, &recipient->attempts);
  if (named (line, "status"))
    return take_text (line, &recipient->status);
  if (named (line, "reply"))
    return take_text (line, &recipient->reply);
  if (named (line, "remote"))
    return take_text (line, &recipient->remote);
  return TRUE;
}

static gboolean
split_line (const char *start, const char *lf, Line *line)
{
  const char *colon = memchr (start, ':', (gsize) (lf - start));
  if (!colon || colon == start || colon + 1 == lf || colon[1] != ' '
      || memchr (start, 0, (gsize) (lf - start)))
    return FALSE;
  *line = (Line){ start, colon + 2, (gsize) (colon - start), (gsize) (lf - colon - 2) };
  return TRUE;
}

static GpoEnvelope *
fail (GError **error, guint number, const char *problem)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "envelope, line %u: %s", number, problem);
  return NULL;
}

GpoEnvelope *
gpo_envelope_from_text (const char *text, gsize length, GError **error)
{
  g_autoptr (GpoEnvelope) envelope = gpo_envelope_new ();
  GpoRecipient *recipient = NULL;
  const char *end = text + length, *lf;
  guint number = 1;

  for (const char *start = text; start < end; start = lf + 1, number++)
    {
      Line line;
      gboolean good;
      if (!(lf = memchr (start, '\n', (gsize) (end - start))))
        return fail (error, number, "it is torn: this line does not end");
      if (lf - start == 3 && memcmp (start, "end", 3) == 0)
        return lf + 1 == end ? g_steal_pointer (&envelope)
                             : fail (error, number + 1, "nothing may follow the line \"end\"");
      if (!split_line (start, lf, &line))
        return fail (error, number, "expected \"name: value\"");
      if (named (&line, "recipient"))
        {
          g_autofree char *path = text_of (&line);
          recipient = gpo_envelope_add (envelope, path);
          continue;
        }
      good = recipient ? take_recipient_line (recipient, &line) : take_envelope_line (envelope, &line);
      if (!good)
        return fail (error, number, "this value is not one of its name");
    }
  return fail (error, number, "it is torn: the line \"end\" is missing");
}
