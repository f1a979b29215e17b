// The job of the scenarios: counts records in the state of every operator, and goes wrong when it is told to. It runs on Flink 1.20 and 2.x and
// uses nothing but what both have. Whatever it is told while it runs, it is told by files that it looks for before each record.
package jobs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.api.connector.source.lib.util.IteratorSourceReader;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

public final class CountingJob {
    private static final String DEFAULT_OPERATORS = "source,window";

    public static void main(String[] args) throws Exception {
        HashMap<String, String> orders = parse(args);
        if (Boolean.parseBoolean(orders.get("throw-in-main"))) throw new IllegalStateException("main() was told to throw");
        long last = number(orders, "finish-after", Long.MAX_VALUE) - 1;
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        DataStream<Long> records = env.fromSource(new Numbers(last, orders), WatermarkStrategy.noWatermarks(), "numbers").uid("numbers");
        boolean first = true;
        for (String name : orders.getOrDefault("operators", DEFAULT_OPERATORS).split(",")) {
            records = records.map(new Count(name, first, orders)).name(name).uid(name);
            first = false;
        }
        records.sinkTo(new DiscardingSink<>()).name("sink").uid("sink");
        env.execute("Counting job, version " + orders.getOrDefault("version", "1"));
    }

    /** `--name value` pairs. */
    private static HashMap<String, String> parse(String[] args) {
        HashMap<String, String> orders = new HashMap<>();
        for (int i = 0; i + 1 < args.length; i += 2) orders.put(args[i].replaceFirst("^--", ""), args[i + 1]);
        return orders;
    }

    static long number(Map<String, String> orders, String name, long otherwise) {
        return orders.containsKey(name) ? Long.parseLong(orders.get(name)) : otherwise;
    }

    /** What stands in the file of that name; null when there is none. */
    static String read(Map<String, String> orders, String name) throws IOException {
        if (!orders.containsKey(name)) return null;
        try {
            return Files.readString(Path.of(orders.get(name)), StandardCharsets.UTF_8);
        } catch (NoSuchFileException missing) {
            return null;
        }
    }

    static void remove(Map<String, String> orders, String name) throws IOException {
        Files.deleteIfExists(Path.of(orders.get(name)));
    }

    /** 0, 1, 2, … up to the last one, or until the file of `finish-when-file` is there, which it takes away. */
    private static final class Numbers extends NumberSequenceSource {
        private final HashMap<String, String> orders;

        Numbers(long last, HashMap<String, String> orders) {
            super(0, last);
            this.orders = orders;
        }

        @Override
        public SourceReader<Long, NumberSequenceSplit> createReader(SourceReaderContext context) {
            return new IteratorSourceReader<>(context) {
                @Override
                public InputStatus pollNext(ReaderOutput<Long> output) {
                    try {
                        if (read(orders, "finish-when-file") == null) return super.pollNext(output);
                        remove(orders, "finish-when-file");
                        return InputStatus.END_OF_INPUT;
                    } catch (IOException unreadable) {
                        throw new IllegalStateException(unreadable);
                    }
                }
            };
        }
    }

    /** Passes records on and counts them. The first one of the chain also sets the pace, fails, and tells how far the restored state was. */
    private static final class Count extends RichMapFunction<Long, Long> implements CheckpointedFunction {
        private final String name;
        private final boolean first;
        private final HashMap<String, String> orders;
        private transient ListState<Long> state;
        private transient long count;
        private transient long startedAt;

        Count(String name, boolean first, HashMap<String, String> orders) {
            this.name = name;
            this.first = first;
            this.orders = orders;
        }

        @Override
        public Long map(Long record) throws Exception {
            count += 1;
            if (!first) return record;
            Thread.sleep(1000 / number(orders, "rate", 100));
            failIfTold();
            return record;
        }

        private void failIfTold() throws IOException {
            if (System.currentTimeMillis() - startedAt > number(orders, "fail-after-ms", Long.MAX_VALUE)) {
                throw new IllegalStateException("the job was told to fail after " + orders.get("fail-after-ms") + " ms");
            }
            String told = read(orders, "fail-when-file");
            if (told == null) return;
            String cause = told.replaceFirst("^(once|fatal) ", "");
            if (!cause.equals(told)) remove(orders, "fail-when-file");
            IllegalStateException failure = new IllegalStateException(cause);
            if (told.startsWith("fatal ")) throw new SuppressRestartsException(failure);
            throw failure;
        }

        @Override
        public void initializeState(FunctionInitializationContext context) throws Exception {
            startedAt = System.currentTimeMillis();
            state = context.getOperatorStateStore().getListState(new ListStateDescriptor<>("count-" + name, Long.class));
            for (Long each : state.get()) count += each;
            if (first && context.isRestored()) bearWitness();
        }

        private void bearWitness() throws IOException {
            if (!orders.containsKey("witness")) return;
            String before = read(orders, "witness");
            long largest = Math.max(count, before == null ? 0 : Long.parseLong(before));
            Path draft = Files.writeString(Path.of(orders.get("witness") + ".new"), Long.toString(largest));
            Files.move(draft, Path.of(orders.get("witness")), StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) throws Exception {
            if (first) Thread.sleep(number(orders, "slow-snapshot-ms", 0));
            if (first && read(orders, "fail-snapshot-when-file") != null) throw new IOException("the snapshot was told to fail");
            state.clear();
            state.add(count);
        }
    }
}
