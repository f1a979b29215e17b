// The program that drey runs to use up a job id: the least that Flink takes for a job, from the names that 1.15 to 2.3 share. It is never
// started: it is run from a savepoint that does not exist. Its jar stands in burning-jar.ts.
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

public final class BurningJob {
    private BurningJob() {}

    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        environment.fromSequence(1, 1).print();
        environment.execute("drey: uses up a job id");
    }
}
