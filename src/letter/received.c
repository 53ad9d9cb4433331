/* SPDX-License-Identifier: MIT */
/* received.c: the lines a post office adds on top of a letter.
 *
 *   Time-stamp-line = "Received:" FWS Stamp CRLF                              RFC 5321 §4.4
 *   Stamp           = From-domain By-domain Opt-info [CFWS] ";" FWS date-time
 *   From-domain     = "FROM" FWS Extended-Domain
 *   Extended-Domain = Domain / ( ( Domain / address-literal ) FWS "(" TCP-info ")" )
 *   TCP-info        = address-literal / ( Domain FWS address-literal )
 *   Opt-info        = [Via] [With] [ID] [For]
 *   Return-path-line = "Return-Path:" FWS Reverse-path CRLF
 *
 * What the peer called itself is written only if it is a domain: nobody may write lines of a header by
 * means of EHLO.
 *
 * Who calls it: the daemon's desk (Received), final delivery (Return-Path), submission. */
#include "letter/received.h"
#include "letter/address.h"
#include "letter/anatomy.h"
#include "letter/date.h"
#include <string.h>

const char *
gpo_received_protocol (const GpoReceived *received)
{
  /* RFC 3848 and RFC 6531 §4.3; by 2 × TLS + AUTH */
  static const char *const plain[] = { "ESMTP", "ESMTPA", "ESMTPS", "ESMTPSA" };
  static const char *const utf8[] = { "UTF8SMTP", "UTF8SMTPA", "UTF8SMTPS", "UTF8SMTPSA" };
  int index = (received->tls ? 2 : 0) + (received->auth ? 1 : 0);
  if (received->utf8)
    return utf8[index];
  return received->esmtp ? plain[index] : "SMTP";
}

static void
append_literal (GString *out, const char *address)
{
  g_string_append (out, strchr (address, ':') ? "[IPv6:" : "[");
  g_string_append (out, address);
  g_string_append_c (out, ']');
}

static void
append_from (GString *out, const GpoReceived *r)
{
  gboolean named = r->helo && gpo_domain_valid (r->helo, strlen (r->helo), r->utf8);
  if (!named && !r->address)
    return;
  g_string_append (out, "from ");
  if (named)
    g_string_append (out, r->helo);
  else
    append_literal (out, r->address);
  if (r->address)
    {
      g_string_append (out, " (");
      append_literal (out, r->address);
      g_string_append_c (out, ')');
    }
  g_string_append (out, "\r\n\t");
}

void
gpo_received_append (GString *out, const GpoReceived *received)
{
  g_string_append (out, "Received: ");
  append_from (out, received);
  g_string_append (out, "by ");
  g_string_append (out, received->by);
  g_string_append (out, " with ");
  g_string_append (out, gpo_received_protocol (received));
  if (received->id)
    {
      g_string_append (out, " id ");
      g_string_append (out, received->id);
    }
  if (received->for_path)
    {
      g_string_append (out, "\r\n\tfor <");
      g_string_append (out, received->for_path);
      g_string_append_c (out, '>');
    }
  g_string_append (out, ";\r\n\t");
  gpo_date_append (out, received->when);
  g_string_append (out, "\r\n");
}

void
gpo_return_path_append (GString *out, const char *reverse_path)
{
  g_string_append (out, "Return-Path: <");
  g_string_append (out, reverse_path);
  g_string_append (out, ">\r\n");
}

static gboolean
is_named (const char *bytes, const GpoHeaderField *field, const char *name)
{
  return field->name.length == strlen (name)
         && g_ascii_strncasecmp (bytes + field->name.start, name, field->name.length) == 0;
}

guint
gpo_received_count (const char *bytes, gsize length)
{
  gsize at = 0;
  guint hops = 0;
  GpoHeaderField field;
  while (gpo_header_next (bytes, length, &at, &field))
    hops += is_named (bytes, &field, "Received");
  return hops;
}

guint
gpo_submission_append (GString *out, const char *bytes, gsize length, gint64 when, const char *id,
                       const char *host)
{
  gsize at = 0;
  gboolean dated = FALSE, identified = FALSE;
  GpoHeaderField field;
  while (gpo_header_next (bytes, length, &at, &field))
    {
      dated |= is_named (bytes, &field, "Date");
      identified |= is_named (bytes, &field, "Message-ID");
    }
  if (!dated)
    {
      g_string_append (out, "Date: ");
      gpo_date_append (out, when);
      g_string_append (out, "\r\n");
    }
  if (!identified)
    g_string_append_printf (out, "Message-ID: <%s.%" G_GINT64_FORMAT "@%s>\r\n", id, when / G_USEC_PER_SEC,
                            host);
  return (guint) !dated + (guint) !identified;
}
