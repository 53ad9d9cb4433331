/* SPDX-License-Identifier: MIT */
/* cursor.c: moving n, and saying so once. */
#include "cursor.h"
#include "several.h"

/* How far back the newest session or letter is looked for when nothing is chosen. */
#define LOOK_BACK 20000

struct _GpoCursor
{
  GObject parent_instance;
  GpoLog *log;
  GpoPicture *picture;
  guint64 n, length;
  gboolean following;
  GpoSubject subject;
  guint32 number;
  GpoSeveral *several; /* of GPO_SUBJECT_SESSIONS, else NULL */
};

enum
{
  PROP_N = 1,
  PROP_LENGTH,
  PROP_FOLLOWING,
  PROP_SUBJECT,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (GpoCursor, gpo_cursor, G_TYPE_OBJECT)

static void
gpo_cursor_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  GpoCursor *cursor = GPO_CURSOR (object);
  switch (id)
    {
    case PROP_N:
      g_value_set_uint64 (value, cursor->n);
      break;
    case PROP_LENGTH:
      g_value_set_uint64 (value, cursor->length);
      break;
    case PROP_FOLLOWING:
      g_value_set_boolean (value, cursor->following);
      break;
    case PROP_SUBJECT:
      g_value_set_uint (value, cursor->subject);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
gpo_cursor_finalize (GObject *object)
{
  g_clear_pointer (&GPO_CURSOR (object)->several, gpo_several_free);
  g_clear_pointer (&GPO_CURSOR (object)->picture, gpo_picture_free);
  G_OBJECT_CLASS (gpo_cursor_parent_class)->finalize (object);
}

static void
gpo_cursor_class_init (GpoCursorClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  object_class->get_property = gpo_cursor_get_property;
  object_class->finalize = gpo_cursor_finalize;
  props[PROP_N]
      = g_param_spec_uint64 ("n", NULL, NULL, 0, G_MAXUINT64, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_LENGTH] = g_param_spec_uint64 ("length", NULL, NULL, 0, G_MAXUINT64, 0,
                                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_FOLLOWING]
      = g_param_spec_boolean ("following", NULL, NULL, TRUE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_SUBJECT] = g_param_spec_uint ("subject", NULL, NULL, 0, GPO_SUBJECT_SESSIONS, 0,
                                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
gpo_cursor_init (GpoCursor *cursor)
{
  cursor->following = TRUE;
}

GpoCursor *
gpo_cursor_new (GpoLog *log)
{
  GpoCursor *cursor = g_object_new (GPO_TYPE_CURSOR, NULL);
  cursor->log = log;
  cursor->picture = gpo_picture_new (log);
  cursor->length = gpo_picture_length (cursor->picture);
  return cursor;
}

GpoLog *
gpo_cursor_get_log (GpoCursor *cursor)
{
  return cursor->log;
}

GpoPicture *
gpo_cursor_get_picture (GpoCursor *cursor)
{
  return cursor->picture;
}

guint64
gpo_cursor_get_n (GpoCursor *cursor)
{
  return cursor->n;
}

guint64
gpo_cursor_get_length (GpoCursor *cursor)
{
  return cursor->length;
}

gboolean
gpo_cursor_get_following (GpoCursor *cursor)
{
  return cursor->following;
}

/* The only writer of n. */
static void
go (GpoCursor *cursor, guint64 n)
{
  guint64 first = gpo_log_first (cursor->log);
  guint64 last = cursor->length ? cursor->length - 1 : 0;
  n = MAX (MIN (n, last), MIN (first, last));
  if (n == cursor->n)
    return;
  cursor->n = n;
  g_object_notify_by_pspec (G_OBJECT (cursor), props[PROP_N]);
}

gboolean
gpo_cursor_update (GpoCursor *cursor, guint64 limit)
{
  gboolean more = gpo_picture_update (cursor->picture, limit);
  guint64 length = gpo_picture_length (cursor->picture);
  if (length == cursor->length)
    return more;
  g_object_freeze_notify (G_OBJECT (cursor));
  cursor->length = length;
  if (cursor->several)
    gpo_several_track (cursor->several, cursor->picture); /* views hold its track, too */
  g_object_notify_by_pspec (G_OBJECT (cursor), props[PROP_LENGTH]);
  go (cursor, cursor->following ? length - 1 : cursor->n);
  g_object_thaw_notify (G_OBJECT (cursor));
  return more;
}

static void
follow (GpoCursor *cursor, gboolean following)
{
  if (following == cursor->following)
    return;
  cursor->following = following;
  g_object_notify_by_pspec (G_OBJECT (cursor), props[PROP_FOLLOWING]);
}

void
gpo_cursor_set_n (GpoCursor *cursor, guint64 n)
{
  g_object_freeze_notify (G_OBJECT (cursor));
  if (n != cursor->n)
    follow (cursor, FALSE);
  go (cursor, n);
  g_object_thaw_notify (G_OBJECT (cursor));
}

void
gpo_cursor_set_following (GpoCursor *cursor, gboolean following)
{
  g_object_freeze_notify (G_OBJECT (cursor));
  follow (cursor, following);
  if (following && cursor->length)
    go (cursor, cursor->length - 1);
  g_object_thaw_notify (G_OBJECT (cursor));
}

gboolean
gpo_cursor_step (GpoCursor *cursor, int by)
{
  const GpoTrack *track = gpo_cursor_get_track (cursor);
  if (!cursor->length)
    return FALSE;
  guint64 before = cursor->n;
  if (!track)
    {
      guint64 back = by < 0 ? (guint64) -by : 0;
      gpo_cursor_set_n (cursor, by < 0 ? (back > before ? 0 : before - back) : before + (guint64) by);
      return cursor->n != before;
    }
  gint64 at = (gint64) gpo_track_until (track, before);
  gboolean on = at > 0 && track->events[at - 1] == before;
  gint64 to = at - 1 + by + (by < 0 && !on ? 1 : 0); /* between two: back to the one before */
  if (track->n == 0 || (to < 0 && !on) || (by > 0 && to >= (gint64) track->n))
    return FALSE;
  gpo_cursor_set_n (cursor, track->events[CLAMP (to, 0, (gint64) track->n - 1)]);
  return cursor->n != before;
}

/* The only writer of the subject; takes `several`. */
static void
choose (GpoCursor *cursor, GpoSubject subject, guint32 number, GpoSeveral *several)
{
  GpoSeveral *old = cursor->several;
  cursor->subject = subject;
  cursor->number = number;
  cursor->several = several;
  g_object_notify_by_pspec (G_OBJECT (cursor), props[PROP_SUBJECT]);
  g_clear_pointer (&old, gpo_several_free); /* the views looked at its track until now */
}

void
gpo_cursor_choose (GpoCursor *cursor, GpoSubject subject, guint32 number)
{
  g_return_if_fail (subject != GPO_SUBJECT_SESSIONS);
  if (subject == GPO_SUBJECT_EVERYTHING)
    number = 0;
  if (subject != cursor->subject || number != cursor->number)
    choose (cursor, subject, number, NULL);
}

void
gpo_cursor_choose_sessions (GpoCursor *cursor, const guint32 *numbers, guint n)
{
  g_autoptr (GpoSeveral) several = gpo_several_new (numbers, n);
  numbers = gpo_several_numbers (several, &n);
  if (n < 2)
    gpo_cursor_choose (cursor, n ? GPO_SUBJECT_SESSION : GPO_SUBJECT_EVERYTHING, n ? numbers[0] : 0);
  else if (!gpo_several_equal (several, cursor->several))
    choose (cursor, GPO_SUBJECT_SESSIONS, n, g_steal_pointer (&several));
}

const guint32 *
gpo_cursor_get_sessions (GpoCursor *cursor, guint *n)
{
  *n = 0;
  return cursor->several ? gpo_several_numbers (cursor->several, n) : NULL;
}

GpoSubject
gpo_cursor_get_subject (GpoCursor *cursor, guint32 *number)
{
  if (number)
    *number = cursor->number;
  return cursor->subject;
}

const GpoTrack *
gpo_cursor_get_track (GpoCursor *cursor)
{
  static const GpoTrack none;
  if (cursor->several)
    return gpo_several_track (cursor->several, cursor->picture);
  if (cursor->subject == GPO_SUBJECT_SESSION)
    {
      const GpoSessionTrack *session = gpo_picture_session_numbered (cursor->picture, cursor->number);
      return session ? &session->events : &none;
    }
  if (cursor->subject == GPO_SUBJECT_LETTER)
    {
      const GpoLetterTrack *letter = gpo_picture_letter_numbered (cursor->picture, cursor->number);
      return letter ? &letter->events : &none;
    }
  if (cursor->subject == GPO_SUBJECT_HOST)
    {
      const GpoHostTrack *host = gpo_picture_host_of (cursor->picture, (GpoSymbol) cursor->number);
      return host ? &host->events : &none;
    }
  return NULL;
}

guint64
gpo_cursor_get_event (GpoCursor *cursor)
{
  const GpoTrack *track = gpo_cursor_get_track (cursor);
  guint i = track ? gpo_track_until (track, cursor->n) : 0;
  if (!track)
    return cursor->length ? cursor->n : G_MAXUINT64;
  return i ? track->events[i - 1] : G_MAXUINT64;
}

/* The newest event of the subject not later than n that names a session (or a letter): that number. */
static guint32
newest (GpoCursor *cursor, gboolean letter)
{
  const GpoTrack *track = gpo_cursor_get_track (cursor);
  if (!cursor->length)
    return 0;
  guint64 i = track ? gpo_track_until (track, cursor->n) : cursor->n + 1;
  for (guint64 stop = i > LOOK_BACK ? i - LOOK_BACK : 0; i > stop; i--)
    {
      const GpoEvent *event = gpo_log_get (cursor->log, track ? track->events[i - 1] : i - 1);
      guint32 number = !event ? 0 : letter ? event->letter : event->session;
      if (number)
        return number;
    }
  return 0;
}

guint32
gpo_cursor_get_session (GpoCursor *cursor)
{
  return cursor->subject == GPO_SUBJECT_SESSION ? cursor->number : newest (cursor, FALSE);
}

guint32
gpo_cursor_get_letter (GpoCursor *cursor)
{
  return cursor->subject == GPO_SUBJECT_LETTER ? cursor->number : newest (cursor, TRUE);
}
