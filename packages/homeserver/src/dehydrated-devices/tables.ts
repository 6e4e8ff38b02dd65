export interface DehydratedDeviceTables {
  /** The device of a user that nobody is signed in with (MSC3814), one at most. It has a row in `devices` too. */
  dehydrated_devices: {
    user_id: string
    device_id: string
    /** A JSON object as it was uploaded: the device, encrypted for its owner. */
    device_data: string
  }
}
