/* SPDX-License-Identifier: MIT */
/* bounce.c: writing a delivery status notification.
 *
 *   multipart/report; report-type=delivery-status                             RFC 6522 §3
 *     text/plain                what happened, where, in whose words, what next: bounce-words.c
 *     message/delivery-status   the same for programs:                        RFC 3464 §2.1
 *       per-message-fields      Reporting-MTA, Original-Envelope-Id, Arrival-Date
 *       1*( CRLF per-recipient-fields )  Final-Recipient, Action, Status, Diagnostic-Code …
 *     message/rfc822            the letter (RET=FULL, failures only), or
 *     text/rfc822-headers       its header
 *
 * Where addresses or the header are in UTF-8 and the letter came with SMTPUTF8, the parts are those of
 * RFC 6533 §3: message/global-delivery-status, message/global, message/global-headers.
 *
 * Words of strangers (replies, ORCPT, ENVID) lose their control bytes on the way in: nobody writes
 * header lines into a report.
 *
 * Who calls it: the queue, when a recipient's state is final or a letter is late; final delivery. */
#include "letter/bounce.h"
#include "letter/anatomy.h"
#include "letter/bounce-words.h"
#include "letter/date.h"
#include <string.h>

/* A line of a header has at most 998 bytes (RFC 5322 §2.1.1). */
#define FIELD_MAX 900

/* --- when --- */

/* Whether NOTIFY and the state of a recipient call for a report (RFC 3461 §4.1). Without NOTIFY only
 * failures and delays are told. */
static gboolean
is_due (const GpoRecipient *r, GpoBounceKind kind)
{
  gboolean silent = r->notify == GPO_NOTIFY_DEFAULT;
  switch (kind)
    {
    case GPO_BOUNCE_FAILED:
      return !r->reported && r->state == GPO_RCPT_FAILED && (silent || (r->notify & GPO_NOTIFY_FAILURE));
    case GPO_BOUNCE_DELAYED:
      return !r->warned && r->state == GPO_RCPT_WAITING && (silent || (r->notify & GPO_NOTIFY_DELAY));
    case GPO_BOUNCE_DELIVERED:
      return !r->reported && r->state == GPO_RCPT_DELIVERED && (r->notify & GPO_NOTIFY_SUCCESS);
    case GPO_BOUNCE_RELAYED:
      return !r->reported && r->state == GPO_RCPT_RELAYED && (r->notify & GPO_NOTIFY_SUCCESS);
    case GPO_BOUNCE_EXPANDED:
      return !r->reported && r->state == GPO_RCPT_EXPANDED && (r->notify & GPO_NOTIFY_SUCCESS);
    default:
      return FALSE;
    }
}

GArray *
gpo_bounce_wanted (const GpoEnvelope *envelope, GpoBounceKind kind)
{
  GArray *wanted = g_array_new (FALSE, FALSE, sizeof (guint));
  gboolean to_nobody = !envelope->reverse_path || !*envelope->reverse_path;
  for (guint i = 0; i < envelope->recipients->len && !to_nobody; i++)
    if (is_due (gpo_envelope_recipient (envelope, i), kind))
      g_array_append_val (wanted, i);
  return wanted;
}

/* --- what is returned --- */

static gboolean
is_ascii (const char *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if ((guchar) bytes[i] >= 0x80)
      return FALSE;
  return TRUE;
}

static gboolean
is_ascii_text (const char *text)
{
  return !text || is_ascii (text, strlen (text));
}

/* The plan of a report. */
typedef struct
{
  const GpoBounce *bounce;
  GString *out;
  char *boundary;
  GpoSpan returned;       /* what of the letter is returned */
  gboolean full;          /* the whole letter, not only its header */
  gboolean eight_bit;     /* what is returned has bytes beyond ASCII */
  gboolean global_letter; /* its header is UTF-8 */
  gboolean global_status; /* an address or reply is UTF-8 */
} Report;

static const GpoRecipient *
recipient (const Report *r, guint i)
{
  return gpo_envelope_recipient (r->bounce->envelope, g_array_index (r->bounce->recipients, guint, i));
}

static void
plan (Report *r)
{
  const GpoBounce *b = r->bounce;
  const GpoEnvelope *e = b->envelope;
  GpoSpan header = gpo_header_span (b->letter, b->length);
  gboolean header_ascii = is_ascii (b->letter, header.length);

  /* a binary letter cannot be carried in a report whose lines end in CRLF */
  r->full = b->kind == GPO_BOUNCE_FAILED && e->ret == GPO_RET_FULL && e->body != GPO_BODY_BINARYMIME;
  r->returned = r->full ? (GpoSpan){ 0, b->length } : header;
  r->eight_bit = !is_ascii (b->letter, r->returned.length);
  r->global_letter
      = e->smtputf8 && !header_ascii && g_utf8_validate (b->letter, (gssize) header.length, NULL);
  for (guint i = 0; e->smtputf8 && i < b->recipients->len; i++)
    r->global_status |= !is_ascii_text (recipient (r, i)->path) || !is_ascii_text (recipient (r, i)->orcpt)
                        || !is_ascii_text (recipient (r, i)->reply);
}

/* A boundary that is nowhere in the letter. */
static char *
choose_boundary (const GpoBounce *b)
{
  GString *boundary = g_string_new ("report-");
  for (const char *p = b->id; *p; p++)
    g_string_append_c (boundary, g_ascii_isalnum (*p) ? *p : '-');
  while (memmem (b->letter, b->length, boundary->str, boundary->len))
    g_string_append_c (boundary, 'x');
  return g_string_free (boundary, FALSE);
}

/* The letter's bytes with every line ending as CRLF. */
static void
append_in_crlf (GString *out, const char *bytes, gsize length)
{
  for (gsize i = 0; i < length;)
    {
      gsize run = i;
      while (run < length && bytes[run] != '\r' && bytes[run] != '\n')
        run++;
      g_string_append_len (out, bytes + i, (gssize) (run - i));
      if (run < length)
        g_string_append (out, "\r\n");
      i = run + (run + 1 < length && bytes[run] == '\r' && bytes[run + 1] == '\n' ? 2 : 1);
    }
}

/* --- how it is written --- */

/* "Name: type; value". */
static void
append_field (Report *r, const char *name, const char *type, const char *value)
{
  if (!value)
    return;
  g_autofree char *tamed = gpo_tame (value, r->global_status);
  g_string_append_printf (r->out, "%s: %s%.*s\r\n", name, type, FIELD_MAX, tamed);
}

/* The last reply may be long and is made of words, so it may be folded. What this office says itself, before
 * or without a reply, is no diagnostic code of SMTP (RFC 3464 §2.3.6). */
static void
append_diagnostic (Report *r, const char *reply)
{
  if (!reply)
    return;
  g_autofree char *tamed = gpo_tame (reply, r->global_status);
  gboolean theirs = strspn (tamed, "0123456789") == 3 && strchr (" -", tamed[3]);
  gpo_wrap_append (r->out, tamed, theirs ? "Diagnostic-Code: smtp; " : "Diagnostic-Code: x-glasspost; ",
                   "\t");
}

static void
append_date_field (GString *out, const char *name, gint64 when)
{
  g_string_append_printf (out, "%s: ", name);
  gpo_date_append (out, when);
  g_string_append (out, "\r\n");
}

/* So that a reader shows the report beside the letter it is about. */
static void
append_in_reply_to (GString *out, const GpoBounce *b)
{
  GpoHeaderField field;
  if (!gpo_header_find (b->letter, gpo_header_span (b->letter, b->length), "Message-ID", &field))
    return;
  GpoSpan id = gpo_span_trim (b->letter, field.value);
  const char *text = b->letter + id.start;
  if (id.length < 3 || id.length > 900 || text[0] != '<' || text[id.length - 1] != '>')
    return;
  for (gsize i = 0; i < id.length; i++)
    if (!g_ascii_isgraph (text[i]))
      return;
  g_string_append_printf (out, "In-Reply-To: %.*s\r\n", (int) id.length, text);
}

static void
append_header (Report *r)
{
  const GpoBounce *b = r->bounce;
  GString *out = r->out;
  append_date_field (out, "Date", b->now);
  g_string_append_printf (out, "From: Mail Delivery System <postmaster@%s>\r\n", b->host);
  g_string_append_printf (out, "To: <%s>\r\n", b->envelope->reverse_path);
  g_string_append_printf (out, "Subject: %s\r\n", gpo_bounce_subject (b->kind));
  g_string_append_printf (out, "Message-ID: <%s.%" G_GINT64_FORMAT "@%s>\r\n", b->id, b->now / G_USEC_PER_SEC,
                          b->host);
  append_in_reply_to (out, b);
  g_string_append (out, "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n");
  g_string_append_printf (
      out, "Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"%s\"\r\n",
      r->boundary);
  if (r->eight_bit || r->global_status)
    g_string_append (out, "Content-Transfer-Encoding: 8bit\r\n");
  g_string_append (out, "\r\nThis is a delivery report in three parts.\r\n");
}

static void
append_part (Report *r, const char *type, gboolean eight_bit)
{
  g_string_append_printf (r->out, "\r\n--%s\r\nContent-Type: %s\r\n%s\r\n", r->boundary, type,
                          eight_bit ? "Content-Transfer-Encoding: 8bit\r\n" : "");
}

/* The enhanced status code; its class must agree with the action (RFC 3463 §2: class 4 may also mean
 * that we gave up on it). */
static const char *
status_of (const GpoRecipient *to, GpoBounceKind kind)
{
  static const char *const classes[] = { "54", "4", "2", "2", "2" };
  static const char *const defaults[] = { "5.0.0", "4.0.0", "2.0.0", "2.0.0", "2.0.0" };
  return to->status && *to->status && strchr (classes[kind], *to->status) ? to->status : defaults[kind];
}

static void
append_recipient (Report *r, const GpoRecipient *to)
{
  static const char *const actions[] = { "failed", "delayed", "delivered", "relayed", "expanded" };
  const GpoBounce *b = r->bounce;
  g_string_append (r->out, "\r\n");
  append_field (r, "Original-Recipient", "", to->orcpt);
  append_field (r, "Final-Recipient", is_ascii_text (to->path) ? "rfc822; " : "utf-8; ", to->path);
  append_field (r, "Action", "", actions[b->kind]);
  append_field (r, "Status", "", status_of (to, b->kind));
  append_field (r, "Remote-MTA", "dns; ", to->remote);
  append_diagnostic (r, to->reply);
  append_date_field (r->out, "Last-Attempt-Date", b->now);
  if (b->kind == GPO_BOUNCE_DELAYED && b->give_up)
    append_date_field (r->out, "Will-Retry-Until", b->give_up);
}

static void
append_status (Report *r)
{
  const GpoBounce *b = r->bounce;
  append_part (r, r->global_status ? "message/global-delivery-status" : "message/delivery-status",
               r->global_status);
  append_field (r, "Reporting-MTA", "dns; ", b->host);
  append_field (r, "Original-Envelope-Id", "", b->envelope->envid);
  if (b->envelope->arrived)
    append_date_field (r->out, "Arrival-Date", b->envelope->arrived);
  for (guint i = 0; i < b->recipients->len; i++)
    append_recipient (r, recipient (r, i));
}

static void
append_letter (Report *r)
{
  const char *type = r->full ? (r->global_letter ? "message/global" : "message/rfc822")
                             : (r->global_letter ? "message/global-headers" : "text/rfc822-headers");
  append_part (r, type, r->eight_bit);
  append_in_crlf (r->out, r->bounce->letter, r->returned.length);
}

static GpoEnvelope *
report_envelope (const Report *r)
{
  GpoEnvelope *envelope = gpo_envelope_new ();
  const char *sender = r->bounce->envelope->reverse_path;
  envelope->has_sender = TRUE;
  envelope->smtputf8 = r->global_letter || r->global_status || !is_ascii_text (sender);
  envelope->body = r->eight_bit || envelope->smtputf8 ? GPO_BODY_8BITMIME : GPO_BODY_7BIT;
  envelope->size = (gint64) r->out->len;
  envelope->id = g_strdup (r->bounce->id);
  envelope->arrived = r->bounce->now;
  gpo_envelope_add (envelope, sender)->notify = GPO_NOTIFY_NEVER;
  return envelope;
}

GBytes *
gpo_bounce_write (const GpoBounce *bounce, GpoEnvelope **envelope)
{
  Report r = { .bounce = bounce };
  g_return_val_if_fail (*bounce->envelope->reverse_path, NULL);
  plan (&r);
  r.out = g_string_sized_new (2048 + r.returned.length);
  r.boundary = choose_boundary (bounce);
  append_header (&r);
  append_part (&r, r.global_status ? "text/plain; charset=utf-8" : "text/plain; charset=us-ascii",
               r.global_status);
  gpo_bounce_words_append (r.out, bounce, r.global_status);
  append_status (&r);
  append_letter (&r);
  g_string_append_printf (r.out, "\r\n--%s--\r\n", r.boundary);
  *envelope = report_envelope (&r);
  g_free (r.boundary);
  return g_string_free_to_bytes (r.out);
}
