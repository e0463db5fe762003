#pragma once

/* Where the compiled-in files lie; resources/skipscope.gresource.xml. */
#define SK_RESOURCES "/org/skipscope/Skipscope/"

#define SK_ICON_NAME "org.skipscope.Skipscope"
