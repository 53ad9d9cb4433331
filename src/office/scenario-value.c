/* SPDX-License-Identifier: MIT */
/* scenario-value.c: numbers, durations, sizes, lists and choices as people write them. */
#include "office/scenario-value.h"
#include "wire/nearest.h"
#include <gio/gio.h>
#include <string.h>

/* --- parsing --- */

gboolean
gpo_value_number (const char *text, gint64 min, gint64 max, gint64 *number)
{
  return g_ascii_string_to_signed (text, 10, min, max, number, NULL);
}

/* number unit, where the unit is one of `units`; *factor gets what it stands for. */
static gboolean
with_unit (const char *text, const char *const *units, const gint64 *factors, gint64 *value)
{
  gsize digits = strspn (text, "0123456789");
  if (digits == 0 || digits > 12)
    return FALSE;
  for (int i = 0; units[i]; i++)
    if (g_ascii_strcasecmp (text + digits, units[i]) == 0)
      {
        guint64 n = g_ascii_strtoull (text, NULL, 10);
        if (n > (guint64) (G_MAXINT64 / 4 / factors[i]))
          return FALSE;
        *value = (gint64) n * factors[i];
        return TRUE;
      }
  return FALSE;
}

gboolean
gpo_duration_parse (const char *text, gint64 *us)
{
  static const char *const units[] = { "s", "", "m", "h", "d", "ms", NULL };
  static const gint64 factors[] = { 1000000, 1000000, 60000000, 3600000000, 86400000000, 1000 };
  return with_unit (text, units, factors, us);
}

char *
gpo_duration_text (gint64 us)
{
  static const struct
  {
    gint64 us;
    const char *unit;
  } units[]
      = { { 86400000000, "d" }, { 3600000000, "h" }, { 60000000, "m" }, { 1000000, "s" }, { 1000, "ms" } };
  GString *text = g_string_new (us < 0 ? "-" : "");
  us = ABS (us);
  int parts = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (units) && parts < 2; i++)
    if (us >= units[i].us)
      {
        g_string_append_printf (text, "%" G_GINT64_FORMAT "%s", us / units[i].us, units[i].unit);
        us %= units[i].us;
        parts++;
      }
  if (parts == 0)
    g_string_append (text, "0s");
  return g_string_free (text, FALSE);
}

static gboolean
bytes_parse (const char *text, gint64 *bytes)
{
  static const char *const units[] = { "", "K", "M", "G", "KB", "MB", "GB", NULL };
  static const gint64 factors[] = { 1, 1024, 1048576, 1073741824, 1024, 1048576, 1073741824 };
  return with_unit (text, units, factors, bytes);
}

char **
gpo_value_list (const char *value)
{
  g_auto (GStrv) raw = g_strsplit_set (value, ";,", -1);
  GPtrArray *out = g_ptr_array_new ();
  for (char **item = raw; *item; item++)
    if (*g_strstrip (*item))
      g_ptr_array_add (out, g_strdup (*item));
  g_ptr_array_add (out, NULL);
  return (char **) g_ptr_array_free (out, FALSE);
}

gboolean
gpo_value_is_domain (const char *text)
{
  gsize length = strlen (text);
  gboolean letter = FALSE;
  if (length == 0 || length > 253)
    return FALSE;
  g_auto (GStrv) labels = g_strsplit (text, ".", -1);
  for (char **label = labels; *label; label++)
    {
      gsize n = strlen (*label);
      if (n == 0 || n > 63 || (*label)[0] == '-' || (*label)[n - 1] == '-')
        return FALSE;
      for (const char *p = *label; *p; p++)
        {
          if (!g_ascii_isalnum (*p) && *p != '-')
            return FALSE;
          letter |= g_ascii_isalpha (*p);
        }
    }
  return letter;
}

gboolean
gpo_value_is_endpoint (const char *text, char **host, guint16 *port)
{
  const char *colon = strrchr (text, ':');
  gint64 number;
  if (!colon || !gpo_value_number (colon + 1, 1, 65535, &number))
    return FALSE;
  gsize n = (gsize) (colon - text);
  gboolean literal = n > 2 && text[0] == '[' && colon[-1] == ']';
  g_autofree char *name = literal ? g_strndup (text + 1, n - 2) : g_strndup (text, n);
  if (literal ? !g_hostname_is_ip_address (name)
              : !g_hostname_is_ip_address (name) && !gpo_value_is_domain (name))
    return FALSE;
  if (!literal && strchr (name, ':'))
    return FALSE;
  *port = (guint16) number;
  if (host)
    *host = g_steal_pointer (&name);
  return TRUE;
}

gboolean
gpo_value_is_loopback (const char *address)
{
  if (g_ascii_strcasecmp (address, "localhost") == 0)
    return TRUE;
  g_autoptr (GInetAddress) a = g_inet_address_new_from_string (address);
  return a && g_inet_address_get_is_loopback (a);
}

char *
gpo_value_meant (const char *word, const char *const *words)
{
  const char *nearest = gpo_nearest_word (word, words);
  if (nearest)
    return g_strdup_printf ("did you mean \"%s\"?", nearest);
  g_autofree char *all = g_strjoinv (", ", (char **) words);
  return g_strdup_printf ("known are: %s", *all ? all : "none");
}

/* --- into a struct --- */

static int
choice (const char *const *choices, const char *word)
{
  for (int i = 0; choices[i]; i++)
    if (g_ascii_strcasecmp (choices[i], word) == 0)
      return i;
  return -1;
}

static gboolean
read_yes_no (const char *value, gboolean *out, char **why)
{
  static const char *const words[] = { "no", "yes", "false", "true", "off", "on", "0", "1", NULL };
  int i = choice (words, value);
  *out = i & 1;
  if (i < 0)
    *why = g_strdup ("say yes or no");
  return i >= 0;
}

/* Numbers of every kind end here. */
static gboolean
read_number (const GpoValueRow *row, const char *value, gint64 *n, char **why)
{
  gboolean ok, bytes = row->is == GPO_VALUE_IS_BYTES || row->is == GPO_VALUE_IS_BYTES_32;
  gint64 scale = row->is == GPO_VALUE_IS_SECONDS ? G_USEC_PER_SEC : 1;
  if (bytes)
    ok = bytes_parse (value, n);
  else if (row->is == GPO_VALUE_IS_COUNT)
    ok = gpo_value_number (value, 0, G_MAXINT64, n);
  else
    ok = gpo_duration_parse (value, n);
  if (ok)
    *n /= scale;
  if (ok && *n == 0 && row->min > 0 && row->is != GPO_VALUE_IS_DURATION)
    return TRUE; /* no limit */
  if (ok && *n >= row->min && *n <= row->max)
    return TRUE;
  const char *form = bytes                           ? "a number of bytes like 512, 64K or 10M"
                     : row->is == GPO_VALUE_IS_COUNT ? "a number"
                                                     : "a time like 30s, 5m, 2h or 4d";
  if (row->is == GPO_VALUE_IS_DURATION)
    *why = g_strdup_printf ("say %s", form);
  else
    *why = g_strdup_printf ("say %s from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT "%s", form, row->min,
                            row->max, scale > 1 ? " seconds" : "");
  if (row->is != GPO_VALUE_IS_DURATION && row->min > 0)
    {
      g_autofree char *first = g_steal_pointer (why);
      *why = g_strconcat (first, ", or 0 for no limit", NULL);
    }
  return FALSE;
}

static gboolean
read_words (const GpoValueRow *row, const char *value, char ***out, char **why)
{
  g_auto (GStrv) list = gpo_value_list (value);
  for (char **word = list; *word; word++)
    {
      int i = choice (row->choices, *word);
      if (i < 0)
        {
          g_autofree char *meant = gpo_value_meant (*word, row->choices);
          *why = g_strdup_printf ("there is no \"%s\"; %s", *word, meant);
          return FALSE;
        }
      g_free (*word);
      *word = g_strdup (row->choices[i]);
    }
  g_strfreev (*out);
  *out = g_steal_pointer (&list);
  return TRUE;
}

gboolean
gpo_value_read (const GpoValueRow *row, const char *value, gpointer target, char **why)
{
  gpointer place = (char *) target + row->offset;
  gint64 n = 0;
  switch (row->is)
    {
    case GPO_VALUE_IS_TEXT:
      g_free (*(char **) place);
      *(char **) place = g_strdup (value);
      return TRUE;
    case GPO_VALUE_IS_LIST:
      g_strfreev (*(char ***) place);
      *(char ***) place = gpo_value_list (value);
      return TRUE;
    case GPO_VALUE_IS_WORDS:
      return read_words (row, value, place, why);
    case GPO_VALUE_IS_YES_NO:
      return read_yes_no (value, place, why);
    case GPO_VALUE_IS_CHOICE:
      *(int *) place = choice (row->choices, value);
      if (*(int *) place < 0)
        {
          g_autofree char *all = g_strjoinv (", ", (char **) row->choices);
          *why = g_strdup_printf ("say one of: %s", all);
          *(int *) place = 0;
          return FALSE;
        }
      return TRUE;
    case GPO_VALUE_IS_BYTES:
    case GPO_VALUE_IS_DURATION:
      if (!read_number (row, value, &n, why))
        return FALSE;
      *(gint64 *) place = n;
      return TRUE;
    case GPO_VALUE_IS_COUNT:
    case GPO_VALUE_IS_SECONDS:
    case GPO_VALUE_IS_BYTES_32:
      if (!read_number (row, value, &n, why))
        return FALSE;
      *(guint *) place = (guint) n;
      return TRUE;
    }
  g_return_val_if_reached (FALSE);
}

/* Lines are never limited below RFC 5321 §4.5.3.1, which would break mail. The number of recipients may
 * be, though the RFC asks for 100: a class wants to see 452 without typing a hundred addresses. */
#define LIMIT(key, kind, member, min, max)                                                                   \
  {                                                                                                          \
    key, kind, G_STRUCT_OFFSET (GpoLimits, member), NULL, min, max                                           \
  }
const GpoValueRow gpo_limit_rows[]
    = { LIMIT ("limit-command-line", GPO_VALUE_IS_BYTES_32, command_line, 512, 65536),
        LIMIT ("limit-text-line", GPO_VALUE_IS_BYTES_32, text_line, 1000, 1048576),
        LIMIT ("limit-recipients", GPO_VALUE_IS_COUNT, recipients, 1, 1000000),
        LIMIT ("limit-letter", GPO_VALUE_IS_BYTES, letter, 1, G_GINT64_CONSTANT (1) << 40),
        LIMIT ("limit-connections", GPO_VALUE_IS_COUNT, connections, 1, 1000000),
        LIMIT ("limit-connections-per-peer", GPO_VALUE_IS_COUNT, connections_per_peer, 1, 1000000),
        LIMIT ("limit-errors", GPO_VALUE_IS_COUNT, errors, 1, 1000000),
        LIMIT ("limit-hops", GPO_VALUE_IS_COUNT, hops, 1, 1000),
        LIMIT ("limit-command-timeout", GPO_VALUE_IS_SECONDS, command_timeout, 1, 86400),
        LIMIT ("limit-data-timeout", GPO_VALUE_IS_SECONDS, data_timeout, 1, 86400),
        LIMIT ("limit-imap-timeout", GPO_VALUE_IS_SECONDS, imap_timeout, 1, 86400),
        LIMIT ("limit-pop3-timeout", GPO_VALUE_IS_SECONDS, pop3_timeout, 1, 86400),
        LIMIT ("limit-literal", GPO_VALUE_IS_BYTES_32, literal, 1, G_MAXUINT32),
        { NULL } };
