/* SPDX-License-Identifier: MIT */
/* trace-read.c: bytes of a trace file into a log, line by line.
 *
 * Lines are read where they lie; only what a feed leaves unfinished is kept. The numbers of the file
 * become the log's: the log begins at the first one, and each gap behind it moves the rest, which
 * `cause` must follow. */
#include "trace/trace-read.h"
#include "trace/json-line.h"
#include "trace/trace-line.h"
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "trace/trace-write.h"

#define CHUNK_BYTES (256 * 1024)
/* A line longer than this is no event of ours. */
#define MAX_LINE (512 * 1024 * 1024)
#define MAX_HEAD (64 * 1024)
#define MAX_FIRST (G_GUINT64_CONSTANT (1) << 35)
#define MAX_PROBLEMS 100

/* From `file` on, events of the file have the numbers from `log` on. */
typedef struct
{
  guint64 file, log;
} Run;

struct GpoTraceReader
{
  GpoLog *log;
  char *name, *head;
  GString *tail;     /* a line that is not whole yet */
  gboolean skipping; /* the rest of a line that is too long */
  gboolean begun;    /* the first line was read */
  guint64 line, n_events, n_problems;
  GPtrArray *problems; /* NULL-terminated */
  GArray *runs;
  int fd;
  char *chunk;
  guint64 n_bytes;
};

G_DEFINE_QUARK (gpo - trace - error, gpo_trace_error)

GpoTraceReader *
gpo_trace_reader_new (GpoLog *log, const char *name)
{
  GpoTraceReader *reader = g_new0 (GpoTraceReader, 1);
  reader->log = log;
  reader->name = g_strdup (name);
  reader->tail = g_string_new (NULL);
  reader->problems = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (reader->problems, NULL);
  reader->runs = g_array_new (FALSE, FALSE, sizeof (Run));
  reader->fd = -1;
  return reader;
}

void
gpo_trace_reader_free (GpoTraceReader *reader)
{
  if (reader->fd > STDIN_FILENO)
    close (reader->fd);
  g_string_free (reader->tail, TRUE);
  g_ptr_array_unref (reader->problems);
  g_array_unref (reader->runs);
  g_free (reader->chunk);
  g_free (reader->name);
  g_free (reader->head);
  g_free (reader);
}

G_GNUC_PRINTF (2, 3) static void problem (GpoTraceReader *reader, const char *format, ...)
{
  if (reader->n_problems++ >= MAX_PROBLEMS)
    return;
  va_list args;
  va_start (args, format);
  g_autofree char *words = g_strdup_vprintf (format, args);
  va_end (args);
  reader->problems->pdata[reader->problems->len - 1]
      = g_strdup_printf ("%s:%" G_GUINT64_FORMAT ": %s", reader->name, reader->line, words);
  g_ptr_array_add (reader->problems, NULL);
}

/* --- numbers --- */

/* Says that event `n` of the file is the next one in the log. */
static void
number_event (GpoTraceReader *reader, guint64 n)
{
  guint64 next = gpo_log_length (reader->log);
  if (n == G_MAXUINT64)
    return;
  if (reader->runs->len == 0 && next == gpo_log_first (reader->log) && n < MAX_FIRST)
    {
      gpo_log_set_first (reader->log, n);
      next = n;
    }
  Run *last = reader->runs->len ? &g_array_index (reader->runs, Run, reader->runs->len - 1) : NULL;
  if (last && n - last->file == next - last->log)
    return;
  /* Numbers that begin anew: a second trace behind the first. */
  if (last && n < last->file + (next - last->log))
    g_array_set_size (reader->runs, 0);
  Run run = { n, next };
  g_array_append_val (reader->runs, run);
}

/* The log's number of event n of the file; -1 if it was not in the file. */
static gint64
mapped (GpoTraceReader *reader, guint64 n)
{
  guint low = 0, high = reader->runs->len;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (g_array_index (reader->runs, Run, middle).file <= n)
        low = middle + 1;
      else
        high = middle;
    }
  if (low == 0)
    return -1;
  Run run = g_array_index (reader->runs, Run, low - 1);
  guint64 end
      = low < reader->runs->len ? g_array_index (reader->runs, Run, low).log : gpo_log_length (reader->log);
  return n - run.file < end - run.log ? (gint64) (run.log + (n - run.file)) : -1;
}

/* Where the file's numbers are not the log's, the event's cause follows. */
static void
follow_cause (GpoTraceReader *reader, GpoEventBuilder *b)
{
  Run *first = reader->runs->len ? &g_array_index (reader->runs, Run, 0) : NULL;
  if (!first || (reader->runs->len == 1 && first->file == first->log)
      || !gpo_event_has (gpo_event_peek (b), GPO_FIELD_CAUSE))
    return;
  GpoEventBuilder moved;
  GpoFieldIter iter;
  gpo_event_begin (&moved, b->event.kind);
  moved.event = b->event;
  gpo_field_iter_init (&iter, gpo_event_peek (b));
  while (gpo_field_iter_next (&iter))
    {
      gint64 cause = -1;
      if (iter.field != GPO_FIELD_CAUSE)
        gpo_event_add_value (&moved, &iter);
      else if (iter.type == GPO_VALUE_NUMBER && iter.number >= 0
               && (cause = mapped (reader, (guint64) iter.number)) >= 0)
        gpo_event_add_number (&moved, GPO_FIELD_CAUSE, cause);
    }
  gpo_event_clear (b);
  gpo_log_append_read (reader->log, &moved);
}

static void
append (GpoTraceReader *reader, GpoEventBuilder *b, guint64 n)
{
  number_event (reader, n);
  guint64 before = gpo_log_length (reader->log);
  follow_cause (reader, b);
  if (gpo_log_length (reader->log) == before)
    gpo_log_append_read (reader->log, b);
  reader->n_events++;
}

/* --- lines --- */

#define HEAD_START "{\"glasspost-trace\""

static gboolean
is_head (const char *line, gsize length)
{
  return length > strlen (HEAD_START) && memcmp (line, HEAD_START, strlen (HEAD_START)) == 0;
}

static gboolean
take_head (GpoTraceReader *reader, const char *line, gsize length, GError **error)
{
  const char *problem;
  g_autoptr (JsonNode) root = length < MAX_HEAD ? gpo_json_line_parse (line, length, &problem) : NULL;
  JsonObject *head = root ? json_node_get_object (root) : NULL;
  gint64 version = head ? gpo_json_line_number (head, "glasspost-trace", 0) : 0;
  if (version < 1)
    {
      g_set_error (error, GPO_TRACE_ERROR, GPO_TRACE_ERROR_NOT_A_TRACE,
                   "%s:1: the head of the trace is damaged; it must read {\"glasspost-trace\":%d,…}",
                   reader->name, GPO_TRACE_VERSION);
      return FALSE;
    }
  if (version > GPO_TRACE_VERSION)
    {
      g_set_error (error, GPO_TRACE_ERROR, GPO_TRACE_ERROR_VERSION,
                   "%s:1: trace format %" G_GINT64_FORMAT " is newer than %d, the one this version reads; "
                   "use the version of glasspost that wrote it, or a newer one",
                   reader->name, version, GPO_TRACE_VERSION);
      return FALSE;
    }
  const char *started = gpo_json_line_text (head, "started");
  g_autoptr (GDateTime) date = started ? g_date_time_new_from_iso8601 (started, NULL) : NULL;
  if (date)
    gpo_log_set_started (reader->log,
                         g_date_time_to_unix (date) * G_USEC_PER_SEC + g_date_time_get_microsecond (date));
  reader->head = g_strndup (line, length);
  return TRUE;
}

/* The first line of something that is no trace at all is refused, not left out. */
static gboolean
take_line (GpoTraceReader *reader, const char *line, gsize length, GError **error)
{
  GpoEventBuilder b;
  guint64 n;
  reader->line++;
  while (length && (line[length - 1] == '\r' || line[length - 1] == ' '))
    length--;
  if (length == 0)
    return TRUE;
  if (gpo_trace_line_fast (line, length, &b, &n))
    {
      reader->begun = TRUE;
      append (reader, &b, n);
      return TRUE;
    }
  if (is_head (line, length))
    {
      if (!reader->begun)
        return reader->begun = take_head (reader, line, length, error);
      problem (reader,
               "a second trace begins here; its sessions and letters mix with the first one's, keep it in a "
               "file of its own");
      return TRUE;
    }
  g_autoptr (GError) wrong = NULL;
  if (gpo_trace_line_slow (line, length, &b, &n, &wrong))
    append (reader, &b, n);
  else if (reader->begun)
    problem (reader, "%s", wrong->message);
  else
    {
      g_set_error (error, GPO_TRACE_ERROR, GPO_TRACE_ERROR_NOT_A_TRACE,
                   "%s:%" G_GUINT64_FORMAT
                   ": this is no trace: the first line must be {\"glasspost-trace\":%d,…}; "
                   "record one with glasspost serve --trace FILE",
                   reader->name, reader->line, GPO_TRACE_VERSION);
      return FALSE;
    }
  return reader->begun = TRUE;
}

/* Adds to the unfinished line, or gives it up. */
static void
keep (GpoTraceReader *reader, const char *bytes, gsize n)
{
  if (reader->skipping)
    return;
  if (reader->tail->len + n <= MAX_LINE)
    {
      g_string_append_len (reader->tail, bytes, (gssize) n);
      return;
    }
  reader->line++;
  problem (reader, "the line is longer than %d MB; it is left out", MAX_LINE / (1024 * 1024));
  reader->line--;
  reader->skipping = TRUE;
  g_string_truncate (reader->tail, 0);
}

static gboolean
take_tail (GpoTraceReader *reader, GError **error)
{
  gboolean good = TRUE;
  if (reader->skipping)
    reader->line++;
  else
    good = take_line (reader, reader->tail->str, reader->tail->len, error);
  reader->skipping = FALSE;
  if (reader->tail->allocated_len > 4 * CHUNK_BYTES)
    {
      g_string_free (reader->tail, TRUE);
      reader->tail = g_string_new (NULL);
    }
  g_string_truncate (reader->tail, 0);
  return good;
}

gboolean
gpo_trace_reader_feed (GpoTraceReader *reader, const char *bytes, gsize n, GError **error)
{
  reader->n_bytes += n;
  for (const char *end = bytes + n, *stop; bytes < end; bytes = stop + 1)
    {
      stop = memchr (bytes, '\n', (gsize) (end - bytes));
      if (!stop)
        {
          keep (reader, bytes, (gsize) (end - bytes));
          return TRUE;
        }
      if (reader->tail->len || reader->skipping)
        {
          keep (reader, bytes, (gsize) (stop - bytes));
          if (!take_tail (reader, error))
            return FALSE;
        }
      else if (!take_line (reader, bytes, (gsize) (stop - bytes), error))
        return FALSE;
    }
  return TRUE;
}

gboolean
gpo_trace_reader_end (GpoTraceReader *reader, GError **error)
{
  if ((reader->tail->len || reader->skipping) && !take_tail (reader, error))
    return FALSE;
  if (reader->begun)
    return TRUE;
  g_set_error (error, GPO_TRACE_ERROR, GPO_TRACE_ERROR_NOT_A_TRACE,
               "%s is empty: this is no trace; record one with glasspost serve --trace FILE", reader->name);
  return FALSE;
}

guint64
gpo_trace_reader_n_problems (GpoTraceReader *reader)
{
  return reader->n_problems;
}

const char *const *
gpo_trace_reader_problems (GpoTraceReader *reader)
{
  return (const char *const *) reader->problems->pdata;
}

guint64
gpo_trace_reader_n_events (GpoTraceReader *reader)
{
  return reader->n_events;
}

const char *
gpo_trace_reader_head (GpoTraceReader *reader)
{
  return reader->head;
}

/* --- from a file --- */

static void
file_error (GpoTraceReader *reader, int code, GError **error)
{
  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (code),
               "cannot read the trace %s: %s; name a trace file, or - for standard input", reader->name,
               g_strerror (code));
}

GpoTraceReader *
gpo_trace_reader_open (GpoLog *log, const char *path, GError **error)
{
  gboolean standard = strcmp (path, "-") == 0;
  g_autoptr (GpoTraceReader) reader = gpo_trace_reader_new (log, standard ? "standard input" : path);
  reader->fd = standard ? STDIN_FILENO : open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  struct stat st;
  if (reader->fd < 0 || fstat (reader->fd, &st) != 0)
    file_error (reader, errno, error);
  else if (S_ISDIR (st.st_mode))
    file_error (reader, EISDIR, error);
  else
    return g_steal_pointer (&reader);
  return NULL;
}

gssize
gpo_trace_reader_step (GpoTraceReader *reader, gsize budget, GError **error)
{
  gsize done = 0;
  if (!reader->chunk)
    reader->chunk = g_malloc (CHUNK_BYTES);
  while (done < MAX (budget, 1))
    {
      gssize n = read (reader->fd, reader->chunk, CHUNK_BYTES);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 && errno != EAGAIN)
        {
          file_error (reader, errno, error);
          return -1;
        }
      if (n <= 0)
        break;
      if (!gpo_trace_reader_feed (reader, reader->chunk, (gsize) n, error))
        return -1;
      done += (gsize) n;
      /* A pipe that is slower than we are: what came is better than waiting for more. */
      if (n < CHUNK_BYTES)
        break;
    }
  return (gssize) done;
}

double
gpo_trace_reader_progress (GpoTraceReader *reader)
{
  struct stat st;
  if (reader->fd < 0 || fstat (reader->fd, &st) != 0 || !S_ISREG (st.st_mode) || st.st_size == 0)
    return 0;
  return MIN (1.0, (double) reader->n_bytes / (double) st.st_size);
}

int
gpo_trace_reader_fd (GpoTraceReader *reader)
{
  return reader->fd;
}

gboolean
gpo_trace_load (GpoLog *log, const char *path, char ***problems, GError **error)
{
  g_autoptr (GpoTraceReader) reader = gpo_trace_reader_open (log, path, error);
  gssize n = reader ? 1 : -1;
  while (n > 0)
    n = gpo_trace_reader_step (reader, CHUNK_BYTES, error);
  if (n < 0 || !gpo_trace_reader_end (reader, error))
    return FALSE;
  if (problems)
    *problems = reader->n_problems ? g_strdupv ((char **) reader->problems->pdata) : NULL;
  return TRUE;
}
