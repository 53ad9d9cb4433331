/* SPDX-License-Identifier: MIT */
/* utf7.c: modified UTF-7: RFC 3501 §5.1.3.
 *
 *     name    = *(%x20-25 / %x27-7E / "&-" / shifted)
 *     shifted = "&" 1*modified-base64 "-"      ; of UTF-16, big endian; "," for "/", no "="
 *
 * One name has one form: what can be written plainly is never shifted, and two shifts never adjoin, so that a
 * mailbox has one name. GLib's base64 knows neither the alphabet nor the missing padding, hence sixteen lines
 * here. */
#include "protocol/utf7.h"
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

static gboolean
is_plain (gunichar c)
{
  return c >= 0x20 && c <= 0x7e;
}

typedef struct
{
  GString *out;
  guint32 bits;
  guint n_bits;
} Encoder;

static void
put_unit (Encoder *e, guint16 unit)
{
  e->bits = e->bits << 16 | unit;
  for (e->n_bits += 16; e->n_bits >= 6; e->n_bits -= 6)
    g_string_append_c (e->out, alphabet[e->bits >> (e->n_bits - 6) & 63]);
}

static const char *
append_shifted (GString *out, const char *at)
{
  Encoder e = { .out = out };
  g_string_append_c (out, '&');
  for (; *at && !is_plain (g_utf8_get_char (at)); at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);
      if (c > 0xffff)
        put_unit (&e, 0xd800 + ((c - 0x10000) >> 10));
      put_unit (&e, c > 0xffff ? 0xdc00 + (c & 0x3ff) : c);
    }
  if (e.n_bits)
    g_string_append_c (out, alphabet[e.bits << (6 - e.n_bits) & 63]);
  g_string_append_c (out, '-');
  return at;
}

void
gpo_utf7_append (GString *out, const char *utf8)
{
  while (*utf8)
    if (*utf8 == '&')
      {
        g_string_append (out, "&-");
        utf8++;
      }
    else if (is_plain ((guchar) *utf8))
      g_string_append_c (out, *utf8++);
    else
      utf8 = append_shifted (out, utf8);
}

char *
gpo_utf7_encode (const char *utf8)
{
  GString *out = g_string_new (NULL);
  gpo_utf7_append (out, utf8);
  return g_string_free (out, FALSE);
}

/* --- decoding --- */

/* One unit of UTF-16; *high is the surrogate that waits for its other half. */
static gboolean
take_unit (GString *out, guint16 unit, guint16 *high)
{
  if (*high)
    {
      if (unit < 0xdc00 || unit > 0xdfff)
        return FALSE;
      g_string_append_unichar (out, 0x10000 + ((*high - 0xd800u) << 10) + (unit - 0xdc00u));
      *high = 0;
      return TRUE;
    }
  if (unit >= 0xd800 && unit <= 0xdbff)
    {
      *high = unit;
      return TRUE;
    }
  if (unit == 0 || is_plain (unit) || (unit >= 0xdc00 && unit <= 0xdfff))
    return FALSE;
  g_string_append_unichar (out, unit);
  return TRUE;
}

/* The base64 between "&" and "-". */
static gboolean
decode_shifted (GString *out, const char *base64, gsize length)
{
  guint32 bits = 0;
  guint n_bits = 0;
  guint16 high = 0;
  for (gsize i = 0; i < length; i++)
    {
      const char *digit = base64[i] ? strchr (alphabet, base64[i]) : NULL;
      if (!digit)
        return FALSE;
      bits = bits << 6 | (guint32) (digit - alphabet);
      n_bits += 6;
      if (n_bits < 16)
        continue;
      n_bits -= 16;
      if (!take_unit (out, bits >> n_bits, &high))
        return FALSE;
    }
  /* What is left is padding: less than one digit, and zero. */
  return high == 0 && n_bits < 6 && (bits & ((1u << n_bits) - 1)) == 0;
}

char *
gpo_utf7_decode (const char *utf7, gsize length)
{
  g_autoptr (GString) out = g_string_new (NULL);
  gboolean shifted = FALSE; /* the last thing was a shift */
  for (gsize i = 0; i < length; i++)
    {
      if (!is_plain ((guchar) utf7[i]))
        return NULL;
      if (utf7[i] != '&')
        {
          g_string_append_c (out, utf7[i]);
          shifted = FALSE;
          continue;
        }
      const char *end = memchr (utf7 + i, '-', length - i);
      if (!end)
        return NULL;
      gsize n = end - (utf7 + i) - 1;
      if (n == 0)
        g_string_append_c (out, '&');
      else if (shifted || !decode_shifted (out, utf7 + i + 1, n))
        return NULL;
      shifted = n > 0;
      i += n + 1;
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}
