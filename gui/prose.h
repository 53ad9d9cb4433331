/* SPDX-License-Identifier: MIT */
/* prose.h: paragraphs that wrap, drawn by one widget.
 *
 * What says much in small pieces (an envelope, the fields of a header) would be dozens of labels, and each label
 * lays its text out four times to be measured. Here a paragraph is laid out once, and one that stays as it was keeps
 * its layout: so what is shown can be said anew at every move of the cursor. A screen reader gets all of it as the
 * widget's name. */
#pragma once
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GPO_TYPE_PROSE (gpo_prose_get_type ())
G_DECLARE_FINAL_TYPE (GpoProse, gpo_prose, GPO, PROSE, GtkWidget)

/* What a paragraph is; prose.c says how each looks. */
typedef enum
{
  GPO_PROSE_PLAIN,
  GPO_PROSE_DIM,
  GPO_PROSE_GROUP,      /* a heading over what follows */
  GPO_PROSE_GROUP_HERE, /* the one that is shown elsewhere, too */
  GPO_PROSE_SAID,       /* a command */
  GPO_PROSE_WAITING,    /* for its answer */
  GPO_PROSE_OK,
  GPO_PROSE_DEFERRED,
  GPO_PROSE_REFUSED,
  GPO_PROSE_DIFFERS, /* envelope and header disagree */
  GPO_PROSE_TRACE_FIELD,
  GPO_PROSE_OWN_FIELD,
  GPO_PROSE_RAW,
  GPO_PROSE_ASIDE, /* small, behind what it is about */
  GPO_PROSE_PART,
  GPO_PROSE_BODY
} GpoProseStyle;

/* Says everything anew: begin, paragraphs in their order, end. Text is copied. */
void gpo_prose_begin (GpoProse *prose);
void gpo_prose_add (GpoProse *prose, GpoProseStyle style, const char *text);
/* With the first `bold` bytes in bold type. */
void gpo_prose_add_led (GpoProse *prose, GpoProseStyle style, gsize bold, const char *text);
void gpo_prose_end (GpoProse *prose);

/* All paragraphs, a line end behind each. The caller frees. */
char *gpo_prose_get_text (GpoProse *prose);

G_END_DECLS
