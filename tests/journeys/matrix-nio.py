"""Two people talk through matrix-nio: log in, sync, send, receive, upload, and with encryption where it is installed.

usage: matrix-nio.py URL FOLDER USER PASSWORD OTHER_USER OTHER_PASSWORD

Prints one JSON object with what happened; ends with 1 where something was not as it should be.
"""

import asyncio
import io
import json
import sys

import nio
from nio.crypto import ENCRYPTION_ENABLED


def checked(answer, kind):
    if not isinstance(answer, kind):
        raise SystemExit(f"expected {kind.__name__}, got {answer}")
    return answer


async def log_in(url, folder, user, password):
    config = nio.AsyncClientConfig(encryption_enabled=ENCRYPTION_ENABLED, store_sync_tokens=True)
    client = nio.AsyncClient(url, user, store_path=folder if ENCRYPTION_ENABLED else "", config=config)
    checked(await client.login(password, device_name="nio"), nio.LoginResponse)
    checked(await client.sync(timeout=0, full_state=True), nio.SyncResponse)
    if client.should_upload_keys:
        checked(await client.keys_upload(), nio.KeysUploadResponse)
    return client


async def synced_until(client, look):
    for _ in range(60):
        found = look()
        if found:
            return found
        checked(await client.sync(timeout=1000), nio.SyncResponse)
        if client.should_query_keys:
            await client.keys_query()
    raise SystemExit("what was waited for did not come")


def text(body):
    return {"msgtype": "m.text", "body": body}


async def talk(alice, bob, room_id):
    heard = {}
    bob.add_event_callback(lambda room, event: heard.update({event.body: event}), nio.RoomMessageText)
    checked(await alice.room_send(room_id, "m.room.message", text("hello"), ignore_unverified_devices=True), nio.RoomSendResponse)
    await synced_until(bob, lambda: heard.get("hello"))
    event_id = heard["hello"].event_id
    checked(await bob.room_read_markers(room_id, event_id, event_id), nio.RoomReadMarkersResponse)
    checked(await bob.room_typing(room_id), nio.RoomTypingResponse)
    return heard["hello"]


async def main(url, folder, user, password, other_user, other_password):
    alice = await log_in(url, folder, user, password)
    bob = await log_in(url, folder, other_user, other_password)
    result = {"nio": nio.__name__, "encryption": ENCRYPTION_ENABLED}
    try:
        room = checked(await alice.room_create(name="talk", invite=[bob.user_id]), nio.RoomCreateResponse)
        await synced_until(bob, lambda: room.room_id in bob.invited_rooms)
        checked(await bob.join(room.room_id), nio.JoinResponse)
        await synced_until(alice, lambda: bob.user_id in alice.rooms.get(room.room_id, nio.MatrixRoom("", "")).users)
        event = await talk(alice, bob, room.room_id)
        result["plain"] = {"sender": event.sender, "body": event.body, "room": bob.rooms[room.room_id].display_name}

        uploaded, _ = await alice.upload(io.BytesIO(b"bytes of a file"), content_type="text/plain", filename="file.txt", filesize=15)
        checked(uploaded, nio.UploadResponse)
        downloaded = checked(await bob.download(uploaded.content_uri), nio.MemoryDownloadResponse)
        result["file"] = downloaded.body.decode()

        history = checked(await bob.room_messages(room.room_id, limit=50), nio.RoomMessagesResponse)
        result["history"] = [event.body for event in history.chunk if isinstance(event, nio.RoomMessageText)]

        if ENCRYPTION_ENABLED:
            secret = checked(
                await alice.room_create(name="secret", invite=[bob.user_id], initial_state=[nio.EnableEncryptionBuilder().as_dict()]),
                nio.RoomCreateResponse,
            )
            await synced_until(bob, lambda: secret.room_id in bob.invited_rooms)
            checked(await bob.join(secret.room_id), nio.JoinResponse)
            await synced_until(alice, lambda: bob.user_id in alice.rooms.get(secret.room_id, nio.MatrixRoom("", "")).users)
            event = await talk(alice, bob, secret.room_id)
            result["encrypted"] = {"sender": event.sender, "body": event.body, "decrypted": event.decrypted}
        checked(await alice.logout(), nio.LogoutResponse)
    finally:
        await alice.close()
        await bob.close()
    print(json.dumps(result))


asyncio.run(main(*sys.argv[1:]))
