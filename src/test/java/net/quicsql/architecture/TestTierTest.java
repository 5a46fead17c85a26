package net.quicsql.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every test is found by the build, and its name and its tag agree about the tier it runs in. */
@AnalyzeClasses(packages = "net.quicsql", importOptions = ImportOption.OnlyIncludeTests.class)
final class TestTierTest {
    private static final Map<String, String> TAG_OF_NAME = Map.of("ClientTest", "client", "FaultTest", "fault");

    @ArchTest
    static final ArchRule a_class_with_tests_is_named_test = classes()
            .that()
            .containAnyMethodsThat(new DescribedPredicate<>("are tests") {
                @Override
                public boolean test(JavaMethod method) {
                    return method.isAnnotatedWith(Test.class) || method.isMetaAnnotatedWith(Test.class);
                }
            })
            .and()
            .areTopLevelClasses()
            .should()
            .haveSimpleNameEndingWith("Test")
            .because("the build runs no other class")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule only_benchmarks_use_jmh = noClasses()
            .that()
            .haveNameNotMatching(".*Benchmark.*")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.openjdk.jmh..")
            .because("a test that measures time fails on a slow machine");

    @ArchTest
    static final ArchRule name_and_tag_name_the_same_tier = classes()
            .that()
            .haveSimpleNameEndingWith("Test")
            .and()
            .areTopLevelClasses()
            .should(new ArchCondition<>("carry the tag of their name") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    Set<String> expected = new TreeSet<>();
                    TAG_OF_NAME.forEach((ending, tag) -> {
                        if (type.getSimpleName().endsWith(ending)) {
                            expected.add(tag);
                        }
                    });
                    Set<String> actual = new TreeSet<>();
                    for (Tag tag : type.reflect().getAnnotationsByType(Tag.class)) {
                        if (TAG_OF_NAME.containsValue(tag.value())) {
                            actual.add(tag.value());
                        }
                    }
                    events.add(new SimpleConditionEvent(
                            type,
                            actual.equals(expected),
                            type.getName() + " has the tags " + actual + ", its name says " + expected));
                }
            });
}
