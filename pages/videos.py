"""Videos: recordings in, and how it stands with them."""

import streamlit as st

from emotion.errors import EmotionError
from emotion.web import intake, options, queue
from emotion.web.models import models_for
from emotion.web.telling import shown_errors

st.title("Videos")

try:
    settings = options.choose_for_videos()
    models_for(settings)
    intake.take_uploads(settings)
except EmotionError as error:
    st.error(str(error), icon=":material/error:")
    st.stop()

with shown_errors():
    intake.allowance(settings)
    intake.pick_from_folder(settings)

with shown_errors():
    if not queue.job_rows():
        st.info(
            "Drop one or more recorded videos above. You get the video with boxes and labels, charts of the emotions "
            "over time, a merged video to show others, and a table of every frame. You can close this page meanwhile.",
            icon=":material/movie:",
        )
