/* SPDX-License-Identifier: MIT */
/* safe-name.c: what a letter calls its file, as a name in a folder of the reader's choice.
 *
 * Who calls it: the window when somebody saves a part. */
#include "letter/safe-name.h"
#include <string.h>

#define NAME_MAX_BYTES 120

gboolean
gpo_is_invisible (gunichar c)
{
  return g_unichar_iscntrl (c) || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e)
         || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || c == 0x61c || c == 0xad;
}

/* Cuts in front of the ending, between characters. */
static void
shorten (GString *name)
{
  const char *dot = strrchr (name->str, '.');
  gsize ending
      = dot && name->len - (gsize) (dot - name->str) <= 16 ? name->len - (gsize) (dot - name->str) : 0;
  gsize at = NAME_MAX_BYTES - ending;
  while (at > 0 && ((guchar) name->str[at] & 0xc0) == 0x80)
    at--;
  g_string_erase (name, (gssize) at, (gssize) (name->len - ending - at));
}

char *
gpo_safe_name (const char *name, guint number)
{
  g_autofree char *valid = g_utf8_make_valid (name ? name : "", -1);
  const char *base = valid;
  for (const char *p = valid; *p; p++)
    if (*p == '/' || *p == '\\')
      base = p + 1;
  while (*base == '.' || *base == '-' || *base == ' ')
    base++;
  g_autoptr (GString) out = g_string_new (NULL);
  for (const char *p = base; *p; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      if (gpo_is_invisible (c))
        continue;
      g_string_append_unichar (out, strchr ("<>:\"|?*", (int) MIN (c, 127)) && c < 127 ? '_' : c);
    }
  while (out->len && (out->str[out->len - 1] == ' ' || out->str[out->len - 1] == '.'))
    g_string_truncate (out, out->len - 1);
  if (out->len > NAME_MAX_BYTES)
    shorten (out);
  return out->len ? g_strdup (out->str) : g_strdup_printf ("part-%u.bin", number);
}
