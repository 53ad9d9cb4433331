/* SPDX-License-Identifier: MIT */
/* source.c: feeding the cursor.
 *
 * Live: the log's reader sleeps until the office's thread wakes it; then the cursor reads once a frame as
 * long as there is something new, so that ten thousand events a second cost sixty updates. A file's log is
 * written by the thread of trace-loader.h. */
#include "source.h"
#include "i18n.h"
#include "notes.h"
#include "trace-loader.h"
#ifdef __GLIBC__
#include <malloc.h>
#endif

#define FRAME_MS 16
/* Events a second from which on an office is busy, and how often it is looked at then. */
#define BUSY_RATE 30000
#define BUSY_MS 250
#define COUNT_US 100000
/* Events taken in at once: about ten milliseconds. */
#define PIECE_EVENTS 100000
/* Of a file that is being read, the views are told so often. */
#define TELL_MS 200
/* A file that is followed is looked at so often at most. */
#define FOLLOW_MS 100

struct _GpoSource
{
  GObject parent_instance;
  GpoCursor *cursor;
  char *title, *problem;
  double progress;
  guint pump; /* source id of the next look */
  GpoOffice *office;
  GpoLogReader *reader;
  guint64 counted; /* the log's length when events were counted last, and the monotonic time then */
  gint64 counted_at;
  gboolean busy;
  GpoLog *log; /* a file's */
  GpoTraceLoader *file;
  GFileMonitor *monitor; /* of a file that is followed; NULL: it is not */
};

enum
{
  PROP_PROGRESS = 1,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (GpoSource, gpo_source, G_TYPE_OBJECT)

void
gpo_source_close (GpoSource *source)
{
  g_clear_handle_id (&source->pump, g_source_remove);
  g_clear_object (&source->monitor);
  g_clear_pointer (&source->reader, gpo_log_reader_free);
  g_clear_object (&source->cursor);
  g_clear_pointer (&source->office, gpo_office_stop);
  g_clear_pointer (&source->file, gpo_trace_loader_free);
  g_clear_pointer (&source->log, gpo_log_free);
}

static void
gpo_source_finalize (GObject *object)
{
  GpoSource *source = GPO_SOURCE (object);
  gpo_source_close (source);
  g_free (source->title);
  g_free (source->problem);
  G_OBJECT_CLASS (gpo_source_parent_class)->finalize (object);
}

static void
gpo_source_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  if (id == PROP_PROGRESS)
    g_value_set_double (value, GPO_SOURCE (object)->progress);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gpo_source_class_init (GpoSourceClass *class)
{
  G_OBJECT_CLASS (class)->finalize = gpo_source_finalize;
  G_OBJECT_CLASS (class)->get_property = gpo_source_get_property;
  props[PROP_PROGRESS]
      = g_param_spec_double ("progress", NULL, NULL, 0, 1, 1, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (class), N_PROPS, props);
}

static void
gpo_source_init (GpoSource *source)
{
  source->progress = 1;
}

/* --- live --- */

/* Counted over a tenth of a second at least: what comes in bursts is not much. */
static gboolean
is_busy (GpoSource *source, guint64 length)
{
  gint64 now = g_get_monotonic_time (), passed = now - source->counted_at;
  if (passed < COUNT_US)
    return source->busy;
  source->busy = (length - source->counted) * G_USEC_PER_SEC > BUSY_RATE * (guint64) passed;
  source->counted = length;
  source->counted_at = now;
  return source->busy;
}

/* Takes in what is new and looks again a frame later, or sleeps until the office's thread wakes it. When the
 * office works at its limit, frames are made less often: nobody reads them, and the servers get the time. */
static gboolean
look (gpointer data)
{
  GpoSource *source = data;
  gboolean more = gpo_cursor_update (source->cursor, PIECE_EVENTS);
  guint64 length = gpo_cursor_get_length (source->cursor);
  source->pump = 0;
  gpo_log_reader_release (source->reader, gpo_log_wanted_first (gpo_cursor_get_log (source->cursor)));
  if (more || !gpo_log_reader_sleep (source->reader, length))
    source->pump = g_timeout_add (is_busy (source, length) ? BUSY_MS : FRAME_MS, look, source);
  return G_SOURCE_REMOVE;
}

static gboolean
woken (gpointer data)
{
  GpoSource *source = data;
  if (source->reader && !source->pump)
    source->pump = g_timeout_add (FRAME_MS, look, source);
  return G_SOURCE_REMOVE;
}

/* On the office's thread. */
static void
wake (gpointer data)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, woken, g_object_ref (data), g_object_unref);
}

GpoSource *
gpo_source_new_office (const GpoOfficeConfig *config, GError **error)
{
  GpoOffice *office = gpo_office_start (config, error);
  if (!office)
    return NULL;
  GpoSource *source = g_object_new (GPO_TYPE_SOURCE, NULL);
  GpoLog *log = gpo_office_log (office);
  source->office = office;
  source->title = g_strdup (gpo_office_world (office)->title);
  source->reader = gpo_log_reader_new (log, 0, wake, source);
  source->cursor = gpo_cursor_new (log);
  gpo_notes_use_office (gpo_notes_of (source->cursor), office);
  look (source);
  return source;
}

/* --- from a file --- */

static void
set_progress (GpoSource *source, double progress)
{
  source->progress = progress;
  g_object_notify_by_pspec (G_OBJECT (source), props[PROP_PROGRESS]);
}

/* What reading needed and nobody needs any more goes back to the system. */
static void
give_back (void)
{
#ifdef __GLIBC__
  malloc_trim (0);
#endif
}

static void
end_file (GpoSource *source, GpoTraceReader *reader, const GError *error)
{
  guint64 problems = reader ? gpo_trace_reader_n_problems (reader) : 0;
  if (error)
    source->problem = g_strdup (error->message);
  else if (problems)
    source->problem
        = g_strdup_printf (ngettext ("%u line could not be read: %s",
                                     "%u lines could not be read, the first: %s", (gulong) problems),
                           (guint) problems, gpo_trace_reader_problems (reader)[0]);
  g_clear_pointer (&source->file, gpo_trace_loader_free);
  give_back ();
  set_progress (source, 1);
}

/* The views are told now and then only: each time they look at the newest rows. */
static gboolean
tell (gpointer data)
{
  GpoSource *source = data;
  gpo_cursor_update (source->cursor, 0);
  set_progress (source, MIN (gpo_trace_loader_progress (source->file), 0.999));
  return G_SOURCE_CONTINUE;
}

static void
start_reading (GpoSource *source)
{
  gpo_trace_loader_start (source->file);
  if (!source->pump)
    source->pump = g_timeout_add (TELL_MS, tell, source);
}

/* All that is there now was read. */
static void
on_read (gpointer data)
{
  GpoSource *source = data;
  g_autoptr (GError) error = NULL;
  GpoTraceReader *reader = gpo_trace_loader_reader (source->file, &error);
  g_clear_handle_id (&source->pump, g_source_remove);
  if (reader && !source->monitor)
    gpo_trace_reader_end (reader, &error);
  gpo_cursor_update (source->cursor, 0);
  if (reader && source->monitor)
    set_progress (source, 1);
  else
    end_file (source, reader, error);
}

static void
on_grown (GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, GpoSource *source)
{
  if (source->file)
    start_reading (source);
}

GpoSource *
gpo_source_new_file (GFile *file, GError **error)
{
  g_autofree char *path = g_file_get_path (file);
  if (!path)
    {
      g_autofree char *uri = g_file_get_uri (file);
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   _ ("%s is not on this computer; copy it here first"), uri);
      return NULL;
    }
  GpoLog *log = gpo_log_new ();
  gpo_log_set_limits (log, 0, 0);
  GpoTraceReader *reader = gpo_trace_reader_open (log, path, error);
  if (!reader)
    {
      gpo_log_free (log);
      return NULL;
    }
  GpoSource *source = g_object_new (GPO_TYPE_SOURCE, NULL);
  source->log = log;
  source->file = gpo_trace_loader_new (reader, on_read, source);
  source->title = g_path_get_basename (path);
  source->progress = 0;
  source->cursor = gpo_cursor_new (log);
  gpo_notes_use_file (gpo_notes_of (source->cursor), path);
  start_reading (source);
  return source;
}

void
gpo_source_follow (GpoSource *source, GFile *file)
{
  g_autoptr (GError) error = NULL;
  if (!source->file || source->monitor)
    return;
  source->monitor = g_file_monitor_file (file, G_FILE_MONITOR_NONE, NULL, &error);
  if (!source->monitor)
    {
      source->problem = g_strdup (error->message);
      return;
    }
  g_file_monitor_set_rate_limit (source->monitor, FOLLOW_MS);
  g_signal_connect (source->monitor, "changed", G_CALLBACK (on_grown), source);
  on_grown (source->monitor, file, NULL, G_FILE_MONITOR_EVENT_CHANGED, source);
}

/* --- what is asked --- */

GpoCursor *
gpo_source_get_cursor (GpoSource *source)
{
  return source->cursor;
}

GpoOffice *
gpo_source_get_office (GpoSource *source)
{
  return source->office;
}

const char *
gpo_source_get_title (GpoSource *source)
{
  return source->title;
}

double
gpo_source_get_progress (GpoSource *source)
{
  return source->progress;
}

const char *
gpo_source_get_problem (GpoSource *source)
{
  return source->problem;
}
