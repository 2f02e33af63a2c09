"""What is drawn for a picture, and what a recipe needs: palettes, orders, strata, forecasts."""
