// What one hears and feels: each colour has its own tones and its own beat, told apart with closed eyes.

const TONES = {
  green: [
    [880, 0, 0.12],
    [1320, 0.13, 0.2],
  ], // up
  amber: [
    [620, 0, 0.16],
    [620, 0.26, 0.16],
  ], // twice the same
  red: [
    [300, 0, 0.22],
    [220, 0.26, 0.22],
    [160, 0.52, 0.42],
  ], // down, and long
};
const BEATS = { green: [120], amber: [160, 120, 160], red: [420, 120, 420, 120, 420] };
let sound = null;

/** Browsers let a page sound only once somebody touched it: call this from a press. */
export function wakeSound() {
  if (!("AudioContext" in window)) return;
  sound ??= new AudioContext();
  if (sound.state === "suspended") sound.resume().catch(() => {});
}

/** @param {"green"|"amber"|"red"} colour */
export function signal(colour) {
  navigator.vibrate?.(BEATS[colour]);
  if (sound?.state !== "running") return;
  for (const [hertz, after, lasts] of TONES[colour]) tone(hertz, sound.currentTime + after, lasts);
}

function tone(hertz, start, lasts) {
  const [wave, loudness] = [sound.createOscillator(), sound.createGain()];
  wave.type = hertz < 400 ? "sawtooth" : "sine";
  wave.frequency.value = hertz;
  loudness.gain.setValueAtTime(0.0001, start);
  loudness.gain.exponentialRampToValueAtTime(0.5, start + 0.02);
  loudness.gain.exponentialRampToValueAtTime(0.0001, start + lasts);
  wave.connect(loudness).connect(sound.destination);
  wave.start(start);
  wave.stop(start + lasts);
}
