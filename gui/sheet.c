/* SPDX-License-Identifier: MIT */
/* sheet.c: a GtkScrollable over adjustments of its own. */
#include "sheet.h"
#include "theme.h"

typedef struct
{
  GtkAdjustment *adjustments[2]; /* horizontal, vertical */
  GtkScrollablePolicy policies[2];
} GpoSheetPrivate;

enum
{
  PROP_HADJUSTMENT = 1,
  PROP_VADJUSTMENT,
  PROP_HPOLICY,
  PROP_VPOLICY
};

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (GpoSheet, gpo_sheet, GTK_TYPE_WIDGET,
                                  G_ADD_PRIVATE (GpoSheet) G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, NULL))

static GtkAdjustment *
vertical (GpoSheet *sheet)
{
  GpoSheetPrivate *priv = gpo_sheet_get_instance_private (sheet);
  return priv->adjustments[1];
}

double
gpo_sheet_scrolled (GpoSheet *sheet)
{
  return vertical (sheet) ? gtk_adjustment_get_value (vertical (sheet)) : 0;
}

void
gpo_sheet_scroll_to (GpoSheet *sheet, double y)
{
  if (vertical (sheet))
    gtk_adjustment_set_value (vertical (sheet), y);
}

double
gpo_sheet_room (GpoSheet *sheet)
{
  double head, row;
  GPO_SHEET_GET_CLASS (sheet)->rows (sheet, &head, &row);
  double room = gtk_widget_get_height (GTK_WIDGET (sheet)) - gpo_theme_zoom (GTK_WIDGET (sheet)) * head;
  return vertical (sheet) ? MAX (room, 0) : 0;
}

void
gpo_sheet_configure (GpoSheet *sheet)
{
  GpoSheetPrivate *priv = gpo_sheet_get_instance_private (sheet);
  int width = gtk_widget_get_width (GTK_WIDGET (sheet)), height = gtk_widget_get_height (GTK_WIDGET (sheet));
  double head, row, zoom = gpo_theme_zoom (GTK_WIDGET (sheet));
  guint n = GPO_SHEET_GET_CLASS (sheet)->rows (sheet, &head, &row);
  if (priv->adjustments[0])
    gtk_adjustment_configure (priv->adjustments[0], 0, 0, width, 1, width, width);
  if (priv->adjustments[1])
    gtk_adjustment_configure (priv->adjustments[1], gpo_sheet_scrolled (sheet), 0,
                              MAX (zoom * (head + n * row), height), zoom * row, height * 0.9, height);
}

static void
set_adjustment (GpoSheet *sheet, int which, GtkAdjustment *adjustment)
{
  GpoSheetPrivate *priv = gpo_sheet_get_instance_private (sheet);
  if (priv->adjustments[which])
    g_signal_handlers_disconnect_by_data (priv->adjustments[which], sheet);
  g_set_object (&priv->adjustments[which], adjustment);
  if (!adjustment)
    return;
  g_signal_connect_swapped (adjustment, "value-changed", G_CALLBACK (gtk_widget_queue_draw), sheet);
  gpo_sheet_configure (sheet);
}

static void
gpo_sheet_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  GpoSheet *sheet = GPO_SHEET (object);
  GpoSheetPrivate *priv = gpo_sheet_get_instance_private (sheet);
  if (id == PROP_HADJUSTMENT || id == PROP_VADJUSTMENT)
    set_adjustment (sheet, id == PROP_VADJUSTMENT, g_value_get_object (value));
  else
    priv->policies[id == PROP_VPOLICY] = g_value_get_enum (value);
}

static void
gpo_sheet_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  GpoSheetPrivate *priv = gpo_sheet_get_instance_private (GPO_SHEET (object));
  if (id == PROP_HADJUSTMENT || id == PROP_VADJUSTMENT)
    g_value_set_object (value, priv->adjustments[id == PROP_VADJUSTMENT]);
  else
    g_value_set_enum (value, priv->policies[id == PROP_VPOLICY]);
}

static void
gpo_sheet_dispose (GObject *object)
{
  set_adjustment (GPO_SHEET (object), 0, NULL);
  set_adjustment (GPO_SHEET (object), 1, NULL);
  G_OBJECT_CLASS (gpo_sheet_parent_class)->dispose (object);
}

static void
gpo_sheet_class_init (GpoSheetClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  object_class->dispose = gpo_sheet_dispose;
  object_class->set_property = gpo_sheet_set_property;
  object_class->get_property = gpo_sheet_get_property;
  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HPOLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VPOLICY, "vscroll-policy");
}

static void
gpo_sheet_init (GpoSheet *sheet)
{
}
