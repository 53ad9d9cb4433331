/* SPDX-License-Identifier: MIT */
/* gateway-report.c: what the sender is told of a letter in the queue: RFC 3461 §5.2.
 *
 * What stays true: a recipient counts as reported from when its report is begun, and no more if the report
 * cannot be stored; then it is tried again after a while. */
#include "roles/gateway-private.h"
#include <string.h>

/* A report returns the whole letter up to this size, and only its header beyond (RFC 3461 §6.2). */
#define REPORT_WHOLE (256 * 1024)
/* After the disk refused a report. */
#define REPORT_AGAIN (60 * G_USEC_PER_SEC)

typedef struct
{
  GpoQueued *letter;  /* NULL: its gateway is gone */
  GArray *recipients; /* indices, whose marks are taken back if the report cannot be stored */
  GpoBounceKind kind;
} Report;

static void
report_free (gpointer data)
{
  Report *report = data;
  g_array_unref (report->recipients);
  g_free (report);
}

void
gpo_queued_forget_reports (GpoGateway *gateway)
{
  for (guint i = 0; i < gateway->reports->len; i++)
    ((Report *) gateway->reports->pdata[i])->letter = NULL;
}

/* The bytes a report returns. The caller frees. */
static char *
read_for_report (GpoQueued *letter, gsize *length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GpoSpoolReader) reader
      = gpo_spool_open_letter (letter->gateway->post->spool, letter->envelope->id, &error);
  char *bytes = g_malloc (REPORT_WHOLE + 1);
  *length = 0;
  for (gssize n = 1; reader && n > 0 && *length<REPORT_WHOLE; *length += n> 0 ? (gsize) n : 0)
    n = gpo_spool_reader_read (reader, *length, bytes + *length, REPORT_WHOLE - *length, &error);
  bytes[*length] = '\0';
  if (letter->size > REPORT_WHOLE)
    {
      const char *end = g_strstr_len (bytes, (gssize) *length, "\r\n\r\n");
      *length = end ? (gsize) (end + 4 - bytes) : *length;
    }
  return bytes;
}

static void
report_again (gpointer data)
{
  GpoQueued *letter = data;
  letter->timer = NULL;
  gpo_queued_report (letter);
}

static void
report_stored (const GError *error, gpointer data)
{
  Report *report = data;
  GpoQueued *letter = report->letter;
  if (letter)
    {
      for (guint i = 0; error && i < report->recipients->len; i++)
        {
          GpoRecipient *recipient
              = gpo_envelope_recipient (letter->envelope, g_array_index (report->recipients, guint, i));
          if (report->kind == GPO_BOUNCE_DELAYED)
            recipient->warned = FALSE;
          else
            recipient->reported = FALSE;
        }
      g_ptr_array_remove_fast (letter->gateway->reports, report);
      letter->reporting--;
      if (error && !letter->timer)
        letter->timer = gpo_clock_at (letter->gateway->post->office->clock,
                                      gpo_clock_now (letter->gateway->post->office->clock) + REPORT_AGAIN,
                                      report_again, letter);
      else if (!error)
        gpo_queued_reported (letter);
    }
  report_free (report);
}

void
gpo_queued_report_kind (GpoQueued *letter, GpoBounceKind kind)
{
  GArray *wanted = gpo_bounce_wanted (letter->envelope, kind);
  if (!wanted->len)
    {
      g_array_unref (wanted);
      return;
    }
  Report *report = g_new (Report, 1);
  *report = (Report){ letter, wanted, kind };
  g_ptr_array_add (letter->gateway->reports, report);
  letter->reporting++;
  letter->unsaved = TRUE;
  gsize length;
  g_autofree char *bytes = read_for_report (letter, &length);
  gpo_post_report_then (letter->gateway->post, letter->envelope, kind, bytes, length, report_stored, report);
}

void
gpo_queued_report (GpoQueued *letter)
{
  letter->reporting++; /* until both are begun */
  if (gpo_envelope_count (letter->envelope, GPO_RCPT_FAILED))
    gpo_queued_report_kind (letter, GPO_BOUNCE_FAILED);
  if (gpo_envelope_count (letter->envelope, GPO_RCPT_RELAYED))
    gpo_queued_report_kind (letter, GPO_BOUNCE_RELAYED);
  letter->reporting--;
  gpo_queued_reported (letter);
}
