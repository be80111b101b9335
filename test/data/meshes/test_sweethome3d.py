"""A small archive in the layout of Debian's package, made by the test itself."""

import hashlib
import json
import zipfile

import cv2
import numpy as np
import pytest

from rt_grasp_ros.cli.__main__ import main
from rt_grasp_ros.data.meshes import sweethome3d
from rt_grasp_ros.data.meshes.sweethome3d import (
    FurnitureMissing,
    kept_back,
    read_catalogues,
    read_model,
)
from rt_grasp_ros.sim.meshes.mesh_entry import read_meshes

CATALOGUE = """\
id=SweetHome3D#Tests
license=Creative Commons Attribution 3.0
id#1=Tests#flask
name#1=Thermos flask
width#1=6.0
depth#1=5.0
height#1=20.0
model#1=/tests/flask/flask.obj
creator#1=Nobody
id#2=Tests#sofa
name#2=Sofa
width#2=200
depth#2=90
height#2=80
model#2=/tests/flask/flask.obj
id#3=Tests#secret
name#3=Secret flask
width#3=6.0
depth#3=5.0
height#3=20.0
model#3=/tests/flask/flask.obj
id#4=Tests#plug
name#4=Wall plug
width#4=8.5
depth#4=1
height#4=8.5
model#4=/tests/flask/flask.obj
id#5=Tests#broken
name#5=Broken flask
width#5=6.0
depth#5=5.0
height#5=20.0
model#5=/tests/nothing.obj
"""

# y up; a box of 3 x 10 x 2.5 units, front red, the rest textured
MODEL = """\
mtllib flask.mtl
v 0 0 0
v 3 0 0
v 3 10 0
v 0 10 0
v 0 0 2.5
v 3 0 2.5
v 3 10 2.5
v 0 10 2.5
vt 0 0
vt 1 0
vt 1 1
vt 0 1
usemtl red
f 5/1 6/2 7/3 8/4
usemtl blue
f 2/1 1/2 4/3 3/4
f 1/1 5/2 8/3 4/4
f 6/1 2/2 3/3 7/4
f 8/1 7/2 3/3 4/4
f 1/1 2/2 6/3 5/4
"""
MATERIALS = "newmtl red\nKd 0.8 0.1 0.1\nnewmtl blue\nKd 1 1 1\nmap_Kd blue.png\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    blue = cv2.imencode(".png", np.full((8, 8, 3), (190, 60, 20), np.uint8))[1].tobytes()
    with zipfile.ZipFile(tmp_path / "Tests.sh3f", "w") as archive:
        archive.writestr("PluginFurnitureCatalog.properties", CATALOGUE)
        archive.writestr("tests/flask/flask.obj", MODEL)
        archive.writestr("tests/flask/flask.mtl", MATERIALS)
        archive.writestr("tests/flask/blue.png", blue)
    secret = hashlib.sha256(b"Tests#secret").hexdigest()
    monkeypatch.setattr(sweethome3d, "kept_back", lambda: frozenset([secret]))
    return tmp_path


def test_the_catalogue_names_sizes_makers_and_what_is_kept_back(folder):
    flask, sofa, secret, plug, _ = read_catalogues(folder)
    assert (flask.name, flask.creator, flask.size_m) == (
        "Thermos flask",
        "Nobody",
        (0.06, 0.05, 0.2),
    )
    assert flask.licence == "Creative Commons Attribution 3.0"
    assert [one.fits_a_gripper for one in (flask, sofa, secret, plug)] == [True, False, True, False]
    assert [one.is_kept_back for one in (flask, secret)] == [False, True]


def test_a_model_is_turned_z_up_and_scaled_to_its_real_size(folder):
    obj, pictures = read_model(read_catalogues(folder)[0])
    assert obj.mesh.vertices_m.min(axis=0) == pytest.approx([-0.03, -0.025, 0.0])
    assert obj.mesh.vertices_m.max(axis=0) == pytest.approx([0.03, 0.025, 0.2])
    red = [
        obj.mesh.vertices_m[f]
        for f, m in zip(obj.mesh.faces, obj.materials, strict=True)
        if m == "red"
    ]
    assert np.array(red)[..., 1] == pytest.approx(-0.025)  # its front looks towards -y
    assert pictures["red"].tolist() == [[[204, 26, 26]]]
    assert pictures["blue"].shape == (8, 8, 3)
    assert pictures["blue"][0, 0].tolist() == [20, 60, 190]


def test_meshes_are_written_with_attribution_and_without_what_is_kept_back(
    folder, tmp_path, capsys
):
    out = tmp_path / "out"
    command = ["data", "meshes", "--from", "sweethome3d", "--data", str(folder), "--processes", "1"]
    assert main([*command, "--out", str(out), "--json", "-"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["meshes"], report["kept_back"]) == (1, 1)
    assert [one["id"] for one in report["left_out"]] == ["Tests#broken"]
    (flask,) = read_meshes(str(out))
    assert (flask.noun, flask.colour) == ("thermos flask", "blue")
    assert "Nobody" in flask.attribution
    assert flask.licence == "Creative Commons Attribution 3.0"
    assert not list(out.glob("*secret*"))
    assert (out / "tests_flask" / "collision_0.obj").is_file()


def test_where_the_package_is_missing_the_line_to_install_it_is_said(tmp_path, capsys):
    with pytest.raises(FurnitureMissing, match="sudo apt install sweethome3d-furniture"):
        read_catalogues(tmp_path)
    assert main(["data", "meshes", "--data", str(tmp_path)]) == 2
    assert "sudo apt install" in capsys.readouterr().err


def test_seventeen_models_are_kept_back():
    assert len(kept_back()) == 17
    assert hashlib.sha256(b"Scopia#teapot").hexdigest() in kept_back()
