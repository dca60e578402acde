from core.latents import CodeNames, Matching


def test_that_a_code_is_named_by_the_factor_it_follows_and_how_exclusively() -> None:
    found = Matching(
        500, 2000, {"k1": ("shape", 0.806), "c2": ("posX", 1.0), "c3": ("posY", 0.049)}
    )
    assert found.names == {"k1": "shape .81", "c2": "posX 1", "c3": "posY .05"}
    names = CodeNames({"c2": "to the right"}, found)
    assert [names.full(code) for code in ("k1", "c1", "c2")] == [
        "k1 shape .81",
        "c1",
        "c2 to the right",
    ]
    assert names.follows == found.names


def test_that_a_number_beside_a_code_says_who_found_it() -> None:
    names = CodeNames({"c2": "turned"}, Matching(500, 2000, {"c1": ("posX", 0.62)}))
    assert names.origin(("c1", "c2"), 500) == " · named by 2,000 images"
    assert names.origin(("c1", "c2"), 700) == " · named by 2,000 images at step 500"
    assert names.origin(("c2",), 500) == CodeNames().origin(("c1",), 500) == ""
    assert "posX: 62% of all" in names.about("c1")
    assert names.about("c1").endswith("by 2,000 real images at step 500")
    assert names.about("c2") == ""
