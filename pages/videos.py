"""Videos: recordings in, merged video and table out."""

import streamlit as st

from emotion.errors import EmotionError
from emotion.files import safe_name
from emotion.web import options, queue, state
from emotion.web.models import models_for
from emotion.web.result import show_result
from emotion.web.uploads import take_uploads

st.title("Videos")

try:
    mine = state.session()
    settings = options.choose(recorded=True)
    models_for(settings)
    keeper = state.housekeeper()
    uploads = take_uploads()
except EmotionError as error:
    st.error(str(error), icon=":material/error:")
    st.stop()

if uploads:
    mine.jobs += [state.runner().submit(path, keeper.result_folder(safe_name(path.stem)), settings) for path in uploads]
    mine.opened = None
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
