//! Tests the exact flow against closed forms, published cases and small-step gradient descent.
