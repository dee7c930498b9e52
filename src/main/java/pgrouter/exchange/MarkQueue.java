package pgrouter.exchange;

import java.util.Arrays;

/** The marks of the messages that are unanswered, the oldest first. Part of {@link PendingReplies}, and guarded by its lock. */
final class MarkQueue {
    private static final int USUAL = 16;

    /** The room, in marks, that an empty queue does not keep. */
    private static final int LARGE = 4096;

    /** A ring; its length is a power of two. */
    private byte[] marks = new byte[USUAL];

    private int head;
    private int count;

    int size() {
        return count;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** The oldest one; 0 where there is none. */
    byte first() {
        return count == 0 ? 0 : marks[head];
    }

    /** @param index counts from the oldest one */
    byte at(int index) {
        return marks[head + index & marks.length - 1];
    }

    void add(byte mark) {
        if (count == marks.length) {
            grow();
        }
        marks[head + count & marks.length - 1] = mark;
        count++;
    }

    void removeFirst() {
        head = head + 1 & marks.length - 1;
        count--;
    }

    void remove(int index) {
        for (int i = index; i < count - 1; i++) {
            marks[head + i & marks.length - 1] = at(i + 1);
        }
        count--;
    }

    private void grow() {
        byte[] larger = Arrays.copyOf(marks, marks.length * 2);
        for (int i = 0; i < count; i++) {
            larger[i] = at(i);
        }
        marks = larger;
        head = 0;
    }

    /** Gives up the room of a long queue that has become empty. @return whether it had such room */
    boolean shrink() {
        boolean shrinks = count == 0 && marks.length > LARGE;
        if (shrinks) {
            marks = new byte[USUAL];
            head = 0;
        }
        return shrinks;
    }
}
