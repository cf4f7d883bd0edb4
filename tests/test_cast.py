def test_the_cast_is_made(cast):
    assert cast.alice.client_id
