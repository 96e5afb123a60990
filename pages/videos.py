"""Videos: recordings in, merged video and table out."""

import streamlit as st

from emotion.errors import EmotionError
from emotion.web import options, queue, state
from emotion.web.models import models_for
from emotion.web.result import show_result
from emotion.web.uploads import take_uploads

st.title("Videos")

try:
    mine = state.session()
    settings = options.choose(state.settings(), recorded=True)
    models_for(settings)
    uploads = take_uploads()
except EmotionError as error:
    st.error(str(error), icon=":material/error:")
    st.stop()

if uploads:
    state.sweep(settings.data_dir, keep_hours=settings.keep_hours)
    mine.jobs += [state.runner().submit(path, mine.result_folder(path), settings) for path in uploads]
    st.rerun()

queue.job_rows()
if mine.opened:
    show_result(mine.opened)
elif not mine.jobs:
    st.info(
        "Drop one or more recorded videos above and press Analyse. You get the video with boxes and labels, charts "
        "of the emotions over time, a merged video to show others, and a table of every frame.",
        icon=":material/movie:",
    )
